#ifndef VMOON_CURL_LIBRARY_H
#define VMOON_CURL_LIBRARY_H
// The functions of libcurl that we call, filled in by vm_curl_open. Private to this target.

#include "curl_shims.h"

// __typeof__ takes each type from curl.h, so that no signature can differ.
#define VM_CURL_FUNCTIONS(each)                                                                    \
    each(global_init) each(version_info) each(easy_init) each(easy_cleanup) each(easy_reset)       \
    each(easy_setopt) each(easy_getinfo) each(easy_strerror) each(multi_init) each(multi_cleanup)  \
    each(multi_add_handle) each(multi_remove_handle) each(multi_perform) each(multi_poll)          \
    each(multi_info_read) each(multi_setopt) each(share_init) each(share_setopt)                   \
    each(share_cleanup) each(url) each(url_set) each(url_cleanup)

struct vm_curl_functions {
#define VM_CURL_FIELD(name) __typeof__(&curl_##name) name;
    VM_CURL_FUNCTIONS(VM_CURL_FIELD)
#undef VM_CURL_FIELD
};

extern struct vm_curl_functions vm_curl;

#endif
