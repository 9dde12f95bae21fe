/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers of the pcapng format, shared by its writer and its reader.
 * Source: draft-ietf-opsawg-pcapng.
 */
#ifndef SKW_PCAP_PCAPNG_H
#define SKW_PCAP_PCAPNG_H

#define SKW_PCAPNG_BYTE_ORDER 0x1a2b3c4d

enum skw_pcapng_block {
	SKW_PCAPNG_INTERFACE = 1,
	SKW_PCAPNG_OLD_PACKET = 2,
	SKW_PCAPNG_SIMPLE_PACKET = 3,
	SKW_PCAPNG_NAMES = 4,
	SKW_PCAPNG_STATISTICS = 5,
	SKW_PCAPNG_PACKET = 6,
	SKW_PCAPNG_JOURNAL = 9,
	SKW_PCAPNG_SECRETS = 10,
	SKW_PCAPNG_CUSTOM = 0x0bad,
	SKW_PCAPNG_CUSTOM_NO_COPY = 0x40000bad, /* must not go into a copy of the file */
	SKW_PCAPNG_SECTION = 0x0a0d0d0a,        /* reads the same in both byte orders */
	/*
	 * A process, as Apple's tcpdump writes it. Wireshark shows it (since 4.6).
	 * Source: wiretap/pcapng.c of Wireshark.
	 */
	SKW_PCAPNG_PROCESS = (int)0x80000001,
};

/* The type of secrets that are the lines of a TLS key log. */
#define SKW_PCAPNG_SECRETS_TLS 0x544c534b
/* The offset of the secrets in their block. */
#define SKW_PCAPNG_SECRETS_AT 16

enum skw_pcapng_option {
	SKW_PCAPNG_END = 0,
	SKW_PCAPNG_COMMENT = 1,

	SKW_PCAPNG_SHB_HARDWARE = 2,
	SKW_PCAPNG_SHB_OS = 3,
	SKW_PCAPNG_SHB_USERAPPL = 4,

	SKW_PCAPNG_IF_NAME = 2,
	SKW_PCAPNG_IF_TSRESOL = 9,
	SKW_PCAPNG_IF_FILTER = 11,
	SKW_PCAPNG_IF_OS = 12,
	SKW_PCAPNG_IF_TSOFFSET = 14,

	SKW_PCAPNG_EPB_FLAGS = 2,
	SKW_PCAPNG_EPB_DROPCOUNT = 4,
	SKW_PCAPNG_EPB_PROCESS_THREAD = 8,     /* epb_processid_threadid */
	SKW_PCAPNG_EPB_PROCESS_BLOCK = 0x8001, /* the number of its process block, from 0 */

	SKW_PCAPNG_PROCESS_NAME = 2,

	SKW_PCAPNG_ISB_STARTTIME = 2,
	SKW_PCAPNG_ISB_ENDTIME = 3,
	SKW_PCAPNG_ISB_IFRECV = 4,
	SKW_PCAPNG_ISB_IFDROP = 5,
	SKW_PCAPNG_ISB_FILTERACCEPT = 6,
	SKW_PCAPNG_ISB_OSDROP = 7,
	SKW_PCAPNG_ISB_USRDELIV = 8,

	/* Custom options that must not go into a copy of the file: a text, and bytes. */
	SKW_PCAPNG_CUSTOM_TEXT_NO_COPY = 19372,
	SKW_PCAPNG_CUSTOM_BYTES_NO_COPY = 19373,
};

/* epb_flags has two bits for the direction and three bits for the kind of address. */
#define SKW_PCAPNG_FLAGS_DIR_MASK   0x3
#define SKW_PCAPNG_FLAGS_IN         0x1
#define SKW_PCAPNG_FLAGS_OUT        0x2
#define SKW_PCAPNG_FLAGS_CAST_SHIFT 2
#define SKW_PCAPNG_FLAGS_CAST_MASK  0x7

enum skw_pcapng_cast {
	SKW_PCAPNG_CAST_UNKNOWN,
	SKW_PCAPNG_CAST_UNICAST,
	SKW_PCAPNG_CAST_MULTICAST,
	SKW_PCAPNG_CAST_BROADCAST,
	SKW_PCAPNG_CAST_PROMISCUOUS,
};

#endif
