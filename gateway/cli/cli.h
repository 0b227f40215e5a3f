// The command line of psgateway. main.cc calls Run and does nothing else.
#pragma once

namespace gateway::cli {

// 0: done; 1: not done, or differences were found; 2: the command line is wrong.
int Run(int argc, char** argv);

}  // namespace gateway::cli
