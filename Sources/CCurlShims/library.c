#include "library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char library_name[] = "libcurl.so.4";

struct vm_curl_functions vm_curl;
static bool is_open;
static unsigned pretended;

/// Restores the variable afterwards, because child processes may need it.
static CURLcode initialise_without_key_log(void) {
    const char *value = getenv("SSLKEYLOGFILE");
    char *kept = value == NULL ? NULL : strdup(value);
    unsetenv("SSLKEYLOGFILE");
    CURLcode code = vm_curl.global_init(CURL_GLOBAL_ALL);
    if (kept != NULL) setenv("SSLKEYLOGFILE", kept, 1);
    free(kept);
    return code;
}

static const char *find_functions(void *library) {
#define VM_CURL_FIND(name)                                                                         \
    vm_curl.name = (__typeof__(vm_curl.name))dlsym(library, "curl_" #name);                        \
    if (vm_curl.name == NULL) return "libcurl.so.4 is too old: it has no curl_" #name;
    VM_CURL_FUNCTIONS(VM_CURL_FIND)
#undef VM_CURL_FIND
    return NULL;
}

unsigned vm_curl_number(void) {
    return pretended != 0 ? pretended : vm_curl.version_info(CURLVERSION_NOW)->version_num;
}

void vm_curl_pretend(unsigned number) { pretended = number; }

static const char *open_locked(void) {
    static char reason[512];
    if (is_open) return NULL;
    void *library = dlopen(library_name, RTLD_LAZY | RTLD_LOCAL);
    if (library == NULL) {
        const char *why = dlerror();
        snprintf(reason, sizeof reason, "cannot load libcurl.so.4 (%s)", why == NULL ? "no reason given" : why);
        return reason;
    }
    const char *missing = find_functions(library);
    // What Red Hat Enterprise Linux 9 has. What came later is asked for where it is used.
    if (missing == NULL && vm_curl_number() < 0x074c00) missing = "libcurl.so.4 is older than 7.76";
    if (missing != NULL) {
        dlclose(library);
        return missing;
    }
    CURLcode code = initialise_without_key_log();
    if (code != CURLE_OK) return "libcurl.so.4 cannot be initialised";
    is_open = true;
    return NULL;
}

const char *vm_curl_open(void) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    const char *problem = open_locked();
    pthread_mutex_unlock(&lock);
    return problem;
}

const curl_version_info_data *vm_curl_version(void) {
    return is_open ? vm_curl.version_info(CURLVERSION_NOW) : NULL;
}

const char *vm_curl_text(CURLcode code) { return vm_curl.easy_strerror(code); }
