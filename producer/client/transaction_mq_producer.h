// Moved; this name stays for one release, for projects that embed this one.
#pragma once

#include "producer/client/api/transaction_mq_producer.h"
