// Owns what greedy.cpp borrows.
int borrowed() { return 1; }
