#include "curl_shims.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

static bool begins(const uint8_t *data, size_t length, const char *text) {
    size_t count = strlen(text);
    return length >= count && strncasecmp((const char *)data, text, count) == 0;
}

static bool is_local_name(const char *host, size_t length) {
    static const char name[] = "localhost";
    size_t count = sizeof name - 1;
    if (length > 0 && host[length - 1] == '.') length--;
    if (length < count || strncasecmp(host + length - count, name, count) != 0) return false;
    return length == count || host[length - count - 1] == '.';
}

static bool is_loopback(const uint8_t *host, size_t length) {
    char text[256];
    if (length == 0 || length >= sizeof text) return false;
    memcpy(text, host, length);
    text[length] = '\0';
    if (text[0] == '[') {
        struct in6_addr six;
        text[length - 1] = '\0';
        if (inet_pton(AF_INET6, text + 1, &six) != 1) return false;
        return IN6_IS_ADDR_LOOPBACK(&six) || (IN6_IS_ADDR_V4MAPPED(&six) && six.s6_addr[12] == 127);
    }
    // inet_aton reads 127.1, 0x7f.1 and 2130706433, as libcurl does.
    struct in_addr four;
    if (inet_aton(text, &four) != 0) return (ntohl(four.s_addr) >> 24) == 127;
    return is_local_name(text, length);
}

static bool read_port(const uint8_t *digits, size_t length, long *port) {
    if (length == 0) return true;
    long number = 0;
    for (size_t i = 0; i < length; i++) {
        if (digits[i] < '0' || digits[i] > '9') return false;
        number = number * 10 + (digits[i] - '0');
        if (number > 65535) return false;
    }
    *port = number;
    return true;
}

/// libcurl would stop at a NUL, and a line break is not allowed in a request line.
static bool is_printable(const vm_bytes *bytes) {
    // A loop without an early exit lets the compiler check many bytes at once.
    unsigned bad = 0;
    for (size_t i = 0; i < bytes->length; i++) bad |= (bytes->data[i] <= ' ') | (bytes->data[i] == 0x7f);
    return !bad;
}

bool vm_url_read_next(const vm_bytes *bytes, vm_url *url, vm_url_memory *memory) {
    size_t origin = memory->url.origin;
    if (origin > 0 && bytes->length > origin && bytes->data[origin] == '/'
        && memcmp(bytes->data, memory->text, origin) == 0) {
        if (!is_printable(bytes)) return false;
        *url = memory->url;
        url->host = bytes->data + (memory->url.host - memory->text);
        return true;
    }
    if (!vm_url_read(bytes, url)) return false;
    if (url->origin <= sizeof memory->text) {
        memcpy(memory->text, bytes->data, url->origin);
        memory->url = *url;
        memory->url.host = memory->text + (url->host - bytes->data);
    }
    return true;
}

bool vm_url_read(const vm_bytes *bytes, vm_url *url) {
    const uint8_t *data = bytes->data;
    size_t length = bytes->length;
    if (!is_printable(bytes)) return false;
    url->is_https = begins(data, length, "https://");
    if (!url->is_https && !begins(data, length, "http://")) return false;
    size_t skip = url->is_https ? 8 : 7;
    const uint8_t *start = data + skip, *end = start;
    const uint8_t *limit = data + length;
    while (end < limit && *end != '/' && *end != '?' && *end != '#') end++;
    url->origin = (size_t)(end - data);
    for (const uint8_t *at = start; at < end; at++)
        if (*at == '@') start = at + 1;
    const uint8_t *stop = start;
    if (start < end && *start == '[') {
        while (stop < end && *stop != ']') stop++;
        if (stop == end) return false;
        stop++;
    } else {
        while (stop < end && *stop != ':') stop++;
    }
    url->host = start;
    url->host_length = (size_t)(stop - start);
    url->port = url->is_https ? 443 : 80;
    url->is_loopback = is_loopback(start, url->host_length);
    if (url->host_length == 0) return false;
    if (stop == end) return true;
    return *stop == ':' && read_port(stop + 1, (size_t)(end - stop - 1), &url->port);
}
