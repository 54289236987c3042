#include "bytes.h"

#include <stdio.h>

// The length of a well-formed UTF-8 sequence at `at` and its code point, or 0 (RFC 3629 §4).
static size_t decode(const uint8_t *at, size_t left, uint32_t *point) {
    uint8_t first = at[0];
    size_t length = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
    if (length == 0 || length > left) return 0;
    uint32_t value = length == 1 ? first : first & (0xFFu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80) return 0;
        value = value << 6 | (at[i] & 0x3F);
    }
    bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
    if (overlong || (value >= 0xD800 && value < 0xE000) || value > 0x10FFFF) return 0;
    *point = value;
    return length;
}

static bool is_hostile(uint32_t point) {
    return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x061C || point == 0x200E
        || point == 0x200F || (point >= 0x2028 && point <= 0x202E)
        || (point >= 0x2066 && point <= 0x2069) || point == 0xFEFF;
}

// The length of a colour sequence (ESC [ digits and semicolons m) at `at`, or 0.
static size_t colour(const uint8_t *at, size_t left) {
    if (left < 3 || at[0] != 0x1B || at[1] != '[') return 0;
    for (size_t i = 2; i < left && i < 32; i++) {
        if (at[i] == 'm') return i + 1;
        if (!((at[i] >= '0' && at[i] <= '9') || at[i] == ';' || at[i] == ':')) return 0;
    }
    return 0;
}

bool vm_bytes_append_escaped(vm_bytes *bytes, const void *data, size_t length, unsigned keep) {
    const uint8_t *at = data, *end = at + length;
    const uint8_t *plain = at; // what has been looked at and can go as it is
    while (at < end) {
        if (*at >= 0x20 && *at < 0x7F) {
            at++;
            continue;
        }
        size_t left = (size_t)(end - at), step = (keep & VM_KEEP_COLOURS) ? colour(at, left) : 0;
        uint32_t point = 0;
        if (step == 0) {
            step = decode(at, left, &point);
            bool stays = step > 0
                && (!is_hostile(point) || ((keep & VM_KEEP_LINES) && (point == '\n' || point == '\t')));
            if (!stays) {
                char text[16];
                int count = step == 0 || point < 0x80
                    ? (point == '\n' && step ? snprintf(text, sizeof text, "\\n")
                       : point == '\t' && step ? snprintf(text, sizeof text, "\\t")
                       : point == '\r' && step ? snprintf(text, sizeof text, "\\r")
                                       : snprintf(text, sizeof text, "\\x%02X", *at))
                    : snprintf(text, sizeof text, "\\u{%X}", (unsigned)point);
                if (!vm_bytes_append(bytes, plain, (size_t)(at - plain))
                    || !vm_bytes_append(bytes, text, (size_t)count))
                    return false;
                at += step == 0 ? 1 : step;
                plain = at;
                continue;
            }
        }
        at += step;
    }
    return vm_bytes_append(bytes, plain, (size_t)(end - plain));
}
