#include "gateway/cli/cli.h"

int main(int argc, char** argv) { return gateway::cli::Run(argc, argv); }
