// Uses owner.cpp without saying so.
int borrowed();
int greed() { return borrowed(); }
