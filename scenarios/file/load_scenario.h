// Moved; this name stays for one release, for projects that embed this one.
#pragma once

#include "scenarios/harness/file/load_scenario.h"
