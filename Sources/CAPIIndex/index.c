#include "api_index.h"

/* Signs of char differ between machines, and the text is ASCII. */
static const char text[] = {
#embed "index.txt"
};

const char *vm_api_index_text(void) { return text; }

size_t vm_api_index_length(void) { return sizeof text; }
