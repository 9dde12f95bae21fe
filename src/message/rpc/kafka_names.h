/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The APIs of Kafka: of each its name, its versions, and where an answer has
 * its error. From the message definitions of Apache Kafka (KIP-482, and the files below
 * clients/src/main/resources/common/message of its source).
 */
#ifndef SKW_MESSAGE_APP_KAFKA_NAMES_H
#define SKW_MESSAGE_APP_KAFKA_NAMES_H

#include <stdint.h>

#define SKW_KAFKA_NEVER 255

struct skw_kafka_api {
	const char *name;
	uint8_t versions; /* the highest one that is believed; newer brokers have more than today */
	uint8_t flexible; /* from this version on, headers have tagged fields */
	uint8_t error;    /* answers begin with an error code from this version on */
	uint8_t throttle; /* a time of 4 bytes stands before it from this version on */
	uint8_t error_end; /* from this version on, answers begin otherwise */
};

enum {
	SKW_KAFKA_PRODUCE = 0,
	SKW_KAFKA_METADATA = 3,
	SKW_KAFKA_SASL_HANDSHAKE = 17,
	SKW_KAFKA_API_VERSIONS = 18,
};

/* NULL: there is no such API. */
const struct skw_kafka_api *skw_kafka_api(unsigned key);
/* NULL: it has no name here. */
const char *skw_kafka_names_error(int code);

#endif
