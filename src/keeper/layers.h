/* SPDX-License-Identifier: BSD-2-Clause */
/* Tells which layers of the sandbox this kernel has, for `skwatch check`. */
#ifndef SKW_KEEPER_LAYERS_H
#define SKW_KEEPER_LAYERS_H

struct skw_check;

/* Asks the kernel. Nothing is changed. */
void skw_layers_probe(struct skw_check *check);

#endif
