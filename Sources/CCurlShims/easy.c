// SOCK_CLOEXEC and CLOCK_BOOTTIME are not in the C standard.
#define _GNU_SOURCE
#include "library.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

// CURLOPT_PROTOCOLS, which headers of 7.85 and later warn of.
enum { VM_CURL_PROTOCOLS = CURLOPTTYPE_LONG + 181 };

/// Appends, and records the reason of a failure.
static bool take(vm_curl_easy *easy, vm_bytes *bytes, const char *data, size_t length) {
    if (vm_bytes_append(bytes, data, length)) return true;
    if (bytes->length > bytes->limit || length > bytes->limit - bytes->length) easy->too_large = true;
    else easy->no_memory = true;
    return false;
}

// CURLOPT_WRITEFUNCTION: "If that amount differs from the amount passed to your callback function, it
// signals an error condition to the library."
static size_t on_body(char *data, size_t size, size_t count, void *context) {
    vm_curl_easy *easy = context;
    return take(easy, easy->body, data, size * count) ? size * count : 0;
}

// CURLOPT_HEADERFUNCTION: called for each line of each block, including those of 100 Continue and, after the
// body, trailers. A block is kept until the next one begins; trailers are not fields of the answer.
static size_t on_header(char *data, size_t size, size_t count, void *context) {
    vm_curl_easy *easy = context;
    size_t length = size * count;
    if (easy->block_ended || easy->headers->length == 0) {
        if (length < 5 || memcmp(data, "HTTP/", 5) != 0) return length;
        easy->headers->length = 0;
        easy->block_ended = false;
    }
    if (length <= 2 && (data[0] == '\r' || data[0] == '\n')) {
        easy->block_ended = true;
        return length;
    }
    return take(easy, easy->headers, data, length) ? length : 0;
}

// CURLOPT_PREREQFUNCTION: "called by libcurl after a connection has been established or a connection has
// been reused (including any SSL handshaking), but before any request is actually made on the
// connection." A failure before this callback means that nothing was sent.
static int on_request(void *context, char *ip, char *local, int port, int local_port) {
    (void)ip, (void)local, (void)port, (void)local_port;
    vm_curl_easy *easy = context;
    if (easy->send_before != INT64_MAX) {
        // The handshake may have taken its time, and the process may have been stopped in it.
        struct timespec now;
        clock_gettime(CLOCK_BOOTTIME, &now);
        easy->too_late = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec >= easy->send_before;
        if (easy->too_late) return CURL_PREREQFUNC_ABORT;
    }
    easy->sending = true;
    return CURL_PREREQFUNC_OK;
}

// CURLOPT_DEBUGFUNCTION: "The data pointed to by the char * passed to this function is not null-terminated". Before
// CURLOPT_PREREQFUNCTION it is what tells that a request goes out: it gets the head of the request once the socket has
// taken a piece of it, or nothing of it if the socket was full, which may leave a piece with OpenSSL. It is also the only
// place where libcurl tells the hash of a key that no pin matches.
static int on_debug(CURL *handle, curl_infotype type, char *data, size_t length, void *context) {
    static const char mark[] = " public key hash: ", tunnel[] = "CONNECT ";
    (void)handle;
    vm_curl_easy *easy = context;
    if (type == CURLINFO_HEADER_OUT) {
        // To the proxy, for a tunnel: not yet the request.
        if (length < sizeof tunnel - 1 || memcmp(data, tunnel, sizeof tunnel - 1) != 0) easy->sending = true;
        return 0;
    }
    // Before 7.79 there is a tab before it.
    if (type == CURLINFO_TEXT && length > 0 && data[0] == '\t') data++, length--;
    if (type != CURLINFO_TEXT || length < sizeof mark - 1 || memcmp(data, mark, sizeof mark - 1) != 0) return 0;
    data += sizeof mark - 1, length -= sizeof mark - 1;
    while (length > 0 && data[length - 1] == '\n') length--;
    if (length >= sizeof easy->key_hash) return 0;
    memcpy(easy->key_hash, data, length);
    easy->key_hash[length] = '\0';
    return 0;
}

static CURLcode set_debug(vm_curl_easy *easy) {
    CURLcode code = vm_curl.easy_setopt(easy->handle, CURLOPT_DEBUGFUNCTION, on_debug);
    if (code == CURLE_OK) code = vm_curl.easy_setopt(easy->handle, CURLOPT_DEBUGDATA, easy);
    return code != CURLE_OK ? code : vm_curl.easy_setopt(easy->handle, CURLOPT_VERBOSE, 1L);
}

// libcurl's own socket() call leaves it open in child processes.
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)context, (void)purpose;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static bool set_common(vm_curl_easy *easy, long slot) {
    CURL *handle = easy->handle;
    __typeof__(vm_curl.easy_setopt) set = vm_curl.easy_setopt;
    CURLcode bad = CURLE_OK;
    bad |= set(handle, CURLOPT_PRIVATE, (void *)(intptr_t)slot);
    bad |= set(handle, CURLOPT_ERRORBUFFER, easy->reason);
    bad |= set(handle, CURLOPT_WRITEFUNCTION, on_body);
    bad |= set(handle, CURLOPT_WRITEDATA, easy);
    bad |= set(handle, CURLOPT_HEADERFUNCTION, on_header);
    bad |= set(handle, CURLOPT_HEADERDATA, easy);
    bad |= set(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    bad |= set(handle, CURLOPT_NOSIGNAL, 1L);
    bad |= set(handle, CURLOPT_PATH_AS_IS, 1L);
    unsigned version = vm_curl_number();
    if (version >= 0x075000) {
        bad |= set(handle, CURLOPT_PREREQFUNCTION, on_request);
        bad |= set(handle, CURLOPT_PREREQDATA, easy);
    } else bad |= set_debug(easy);
    // Before 7.85 they were numbers.
    if (version >= 0x075500) bad |= set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    else bad |= set(handle, (CURLoption)VM_CURL_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
    // At least TLS 1.2, even if the configuration of OpenSSL allows less.
    bad |= set(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    bad |= set(handle, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    // A redirect would carry the session's header to another host.
    bad |= set(handle, CURLOPT_FOLLOWLOCATION, 0L);
    bad |= set(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    // Cloning calls send nothing for many minutes; routers drop silent connections.
    bad |= set(handle, CURLOPT_TCP_KEEPALIVE, 1L);
    // Wait for a connection that may turn out to be HTTP/2, rather than open one for each transfer.
    bad |= set(handle, CURLOPT_PIPEWAIT, 1L);
    // Removing a handle must not wait for its name look-up to end: the loop would stand still.
    if (version >= 0x075700) bad |= set(handle, CURLOPT_QUICK_EXIT, 1L);
    // The parsed roots are cached only if they come from one file, so the system's certificate folder is
    // not used. It would also be trusted in addition to the user's --ca-file.
    bad |= set(handle, CURLOPT_CAPATH, NULL);
    if (version >= 0x075700) bad |= set(handle, CURLOPT_CA_CACHE_TIMEOUT, 3600L);
    return bad == CURLE_OK;
}

vm_curl_easy *vm_curl_easy_new(long slot, CURLSH *share) {
    vm_curl_easy *easy = calloc(1, sizeof *easy);
    if (easy == NULL) return NULL;
    easy->handle = vm_curl.easy_init();
    easy->parts = vm_curl.url();
    easy->origin.limit = SIZE_MAX / 2;
    if (easy->handle == NULL || easy->parts == NULL || !set_common(easy, slot)
        || vm_curl.easy_setopt(easy->handle, CURLOPT_SHARE, share) != CURLE_OK) {
        vm_curl_easy_free(easy);
        return NULL;
    }
    return easy;
}

void vm_curl_easy_free(vm_curl_easy *easy) {
    if (easy == NULL) return;
    if (easy->handle != NULL) vm_curl.easy_cleanup(easy->handle);
    if (easy->parts != NULL) vm_curl.url_cleanup(easy->parts);
    vm_bytes_free(&easy->origin);
    free(easy);
}

bool vm_curl_easy_reset(vm_curl_easy *easy, long slot) {
    // "It does not change the following information kept in the handle: live connections, the Session ID
    // cache, the DNS cache, the cookies, the shares".
    vm_curl.easy_reset(easy->handle);
    easy->origin.length = 0;
    return set_common(easy, slot);
}

/// Gives the handle a URL that has only scheme, host and port. False where libcurl refuses it.
static bool set_origin(vm_curl_easy *easy, char *text, size_t length) {
    easy->origin.length = 0;
    char rest = text[length];
    text[length] = '\0';
    // The text is kept for a repetition of the request on another connection.
    bool is_set = vm_curl.url_set(easy->parts, CURLUPART_URL, text, 0) == CURLUE_OK
        && vm_curl.easy_setopt(easy->handle, CURLOPT_CURLU, easy->parts) == CURLE_OK
        && vm_curl.easy_setopt(easy->handle, CURLOPT_URL, text) == CURLE_OK;
    text[length] = rest;
    return is_set && vm_bytes_append(&easy->origin, text, length);
}

/// From one request of a session to the next only path and query are another. libcurl would parse the URL
/// anew each time and spell its path out again byte by byte; a request target it sends as it is, behind a
/// URL that stays.
static CURLcode set_url(vm_curl_easy *easy, vm_bytes *url, size_t origin, bool as_target) {
    char *text = (char *)url->data;
    // CURLOPT_CURLU loses the zone of an IPv6 address, which has a % in it.
    if (as_target && text[origin] == '/' && memchr(text, '%', origin) == NULL) {
        bool is_known = easy->origin.length == origin && memcmp(easy->origin.data, text, origin) == 0;
        if (is_known || set_origin(easy, text, origin))
            return vm_curl.easy_setopt(easy->handle, CURLOPT_REQUEST_TARGET, text + origin);
    }
    // libcurl then reports what is wrong with the text.
    easy->origin.length = 0;
    CURLcode code = vm_curl.easy_setopt(easy->handle, CURLOPT_REQUEST_TARGET, NULL);
    if (code == CURLE_OK) code = vm_curl.easy_setopt(easy->handle, CURLOPT_CURLU, NULL);
    return code != CURLE_OK ? code : vm_curl.easy_setopt(easy->handle, CURLOPT_URL, text);
}

CURLcode vm_curl_easy_begin(
    vm_curl_easy *easy, vm_bytes *url, size_t origin, bool as_target, vm_bytes *headers, vm_bytes *body) {
    easy->body = body;
    easy->headers = headers;
    easy->block_ended = false;
    easy->sending = false;
    easy->too_late = false;
    easy->send_before = INT64_MAX;
    easy->too_large = false;
    easy->no_memory = false;
    easy->reason[0] = '\0';
    easy->key_hash[0] = '\0';
    if (url->data == NULL) return CURLE_URL_MALFORMAT;
    url->data[url->length] = 0;
    return set_url(easy, url, origin, as_target);
}

CURLcode vm_curl_set_long(vm_curl_easy *easy, CURLoption option, long value) {
    return vm_curl.easy_setopt(easy->handle, option, value);
}

CURLcode vm_curl_set_offset(vm_curl_easy *easy, CURLoption option, curl_off_t value) {
    return vm_curl.easy_setopt(easy->handle, option, value);
}

CURLcode vm_curl_set_text(vm_curl_easy *easy, CURLoption option, const char *value) {
    return vm_curl.easy_setopt(easy->handle, option, value);
}

CURLcode vm_curl_set_pointer(vm_curl_easy *easy, CURLoption option, const void *value) {
    return vm_curl.easy_setopt(easy->handle, option, value);
}

CURLcode vm_curl_set_blob(vm_curl_easy *easy, CURLoption option, const void *data, size_t length) {
    struct curl_blob blob = {.data = (void *)data, .len = length, .flags = CURL_BLOB_COPY};
    return vm_curl.easy_setopt(easy->handle, option, &blob);
}

CURLcode vm_curl_set_looking(vm_curl_easy *easy) {
    CURLcode code = set_debug(easy);
    return code != CURLE_OK ? code : vm_curl.easy_setopt(easy->handle, CURLOPT_CERTINFO, 1L);
}

static struct curl_certinfo *chain_of(const vm_curl_easy *easy) {
    struct curl_certinfo *chain = NULL;
    return vm_curl.easy_getinfo(easy->handle, CURLINFO_CERTINFO, &chain) == CURLE_OK ? chain : NULL;
}

int vm_curl_certificate_count(const vm_curl_easy *easy) {
    struct curl_certinfo *chain = chain_of(easy);
    return chain == NULL ? 0 : chain->num_of_certs;
}

const char *vm_curl_certificate(const vm_curl_easy *easy, int number, const char *field) {
    struct curl_certinfo *chain = chain_of(easy);
    if (chain == NULL || number < 0 || number >= chain->num_of_certs) return NULL;
    size_t length = strlen(field);
    for (struct curl_slist *entry = chain->certinfo[number]; entry != NULL; entry = entry->next)
        if (strncmp(entry->data, field, length) == 0 && entry->data[length] == ':')
            return entry->data + length + 1;
    return NULL;
}

const char *vm_curl_info_text(const vm_curl_easy *easy, CURLINFO info) {
    char *value = NULL;
    return vm_curl.easy_getinfo(easy->handle, info, &value) == CURLE_OK ? value : NULL;
}

curl_off_t vm_curl_info_offset(const vm_curl_easy *easy, CURLINFO info) {
    curl_off_t value = 0;
    return vm_curl.easy_getinfo(easy->handle, info, &value) == CURLE_OK ? value : 0;
}

long vm_curl_info_long(const vm_curl_easy *easy, CURLINFO info) {
    long value = 0;
    return vm_curl.easy_getinfo(easy->handle, info, &value) == CURLE_OK ? value : 0;
}
