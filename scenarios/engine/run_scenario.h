// Moved; this name stays for one release, for projects that embed this one.
#pragma once

#include "scenarios/harness/engine/run_scenario.h"
