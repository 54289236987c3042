#include "library.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

// One array serves poll(2) and libcurl: the three structures have the same layout, and the same bits.
#define SAME_PLACE(type, field, ours)                                                              \
    _Static_assert(offsetof(struct type, field) == offsetof(vm_curl_watch, ours), #type "." #field)
SAME_PLACE(pollfd, fd, descriptor);
SAME_PLACE(pollfd, events, events);
SAME_PLACE(pollfd, revents, found);
SAME_PLACE(curl_waitfd, fd, descriptor);
SAME_PLACE(curl_waitfd, events, events);
SAME_PLACE(curl_waitfd, revents, found);
_Static_assert(sizeof(struct pollfd) == sizeof(vm_curl_watch), "pollfd");
_Static_assert(sizeof(struct curl_waitfd) == sizeof(vm_curl_watch), "curl_waitfd");
_Static_assert(POLLIN == VM_CURL_READABLE && CURL_WAIT_POLLIN == VM_CURL_READABLE, "readable");
_Static_assert(POLLOUT == VM_CURL_WRITABLE && CURL_WAIT_POLLOUT == VM_CURL_WRITABLE, "writable");

CURLM *vm_curl_multi_new(void) {
    // curl_multi_init opens a socket pair without close-on-exec and does not return it. New descriptors get the
    // lowest free numbers, so opening and closing two just before shows which ones it will get.
    int first = vm_curl_eventfd(), second = vm_curl_eventfd();
    if (first >= 0) close(first);
    if (second >= 0) close(second);
    CURLM *multi = vm_curl.multi_init();
    if (first >= 0) fcntl(first, F_SETFD, FD_CLOEXEC);
    if (second >= 0) fcntl(second, F_SETFD, FD_CLOEXEC);
    return multi;
}

void vm_curl_multi_free(CURLM *multi) {
    if (multi != NULL) vm_curl.multi_cleanup(multi);
}

CURLMcode vm_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return vm_curl.multi_setopt(multi, option, value);
}

CURLMcode vm_curl_multi_add(CURLM *multi, vm_curl_easy *easy) {
    return vm_curl.multi_add_handle(multi, easy->handle);
}

CURLMcode vm_curl_multi_remove(CURLM *multi, vm_curl_easy *easy) {
    return vm_curl.multi_remove_handle(multi, easy->handle);
}

CURLMcode vm_curl_multi_perform(CURLM *multi) {
    int running;
    return vm_curl.multi_perform(multi, &running);
}

long vm_curl_next_done(CURLM *multi, CURLcode *code) {
    int left;
    CURLMsg *message;
    while ((message = vm_curl.multi_info_read(multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE) continue;
        *code = message->data.result;
        char *slot = NULL;
        vm_curl.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &slot);
        return (long)(intptr_t)slot;
    }
    return -1;
}

static CURLMcode poll_only(vm_curl_watch *watches, unsigned int count, int milliseconds) {
    int result = poll((struct pollfd *)(void *)watches, count, milliseconds);
    return result >= 0 || errno == EINTR ? CURLM_OK : CURLM_UNRECOVERABLE_POLL;
}

CURLMcode vm_curl_wait(
    CURLM *multi, vm_curl_watch *watches, unsigned int count, int milliseconds, bool hangups) {
    for (unsigned int i = 0; i < count; i++) watches[i].found = 0;
    if (multi == NULL) return poll_only(watches, count, milliseconds);
    // curl_multi_poll has no unlimited wait; the caller simply waits again.
    int limit = milliseconds < 0 ? 3600 * 1000 : milliseconds;
    struct curl_waitfd *extra = (struct curl_waitfd *)(void *)watches;
    CURLMcode code = vm_curl.multi_poll(multi, extra, count, limit, NULL);
    if (code == CURLM_OK && hangups) code = poll_only(watches, count, 0);
    return code;
}

CURLSH *vm_curl_share_new(void) {
    CURLSH *share = vm_curl.share_init();
    if (share == NULL) return NULL;
    CURLSHcode code = vm_curl.share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    if (code == CURLSHE_OK) return share;
    vm_curl.share_cleanup(share);
    return NULL;
}

void vm_curl_share_free(CURLSH *share) {
    if (share != NULL) vm_curl.share_cleanup(share);
}

int vm_curl_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
