#include "api_index.h"

/* In a section of its own, on pages of its own: beside other constants the system would bring it into memory with them.
   Signs of char differ between machines, and the text is ASCII. */
__attribute__((section("vm_api_index"), aligned(1 << 16))) static const char text[] = {
#embed "index.txt"
};

const char *vm_api_index_text(void) { return text; }

size_t vm_api_index_length(void) { return sizeof text; }
