// The main of a link test: that it links is all there is to see.
int main() {}
