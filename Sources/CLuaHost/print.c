// print and warn: both use C's standard output, so that print and io.write keep their order.
#include "host.h"

#include "bytes.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int output_error;

void vm_lua_put(const char *text, size_t length) {
    if (fwrite(text, 1, length, stdout) < length || fflush(stdout) != 0) {
        if (output_error == 0) output_error = errno != 0 ? errno : EIO;
    }
}

static void write_line(vm_lua *host, const char *text, size_t length) {
    if (host->print != NULL)
        return host->print(host->print_context, text, length);
    bool was_whole = output_error == 0;
    vm_lua_put(text, length);
    // A library may ignore the signal, and inside a callback it is left to libcurl: so it is made up for here.
    if (was_whole && output_error == EPIPE && host->reason == 0) vm_lua_interrupt(host, SIGPIPE);
}

static int print(lua_State *L) {
    vm_lua *host = host_of(L);
    luaL_Buffer line;
    int count = lua_gettop(L);
    luaL_buffinit(L, &line);
    for (int i = 1; i <= count; i++) {
        if (i > 1) luaL_addchar(&line, '\t');
        luaL_tolstring(L, i, NULL);
        luaL_addvalue(&line);
    }
    luaL_addchar(&line, '\n');
    luaL_pushresult(&line);
    size_t length;
    const char *text = lua_tolstring(L, -1, &length);
    if (!host->print_escapes) {
        write_line(host, text, length);
        return 0;
    }
    vm_bytes escaped;
    vm_bytes_init(&escaped, SIZE_MAX);
    if (vm_bytes_append_escaped(&escaped, text, length, VM_KEEP_LINES | VM_KEEP_COLOURS))
        write_line(host, (const char *)escaped.data, escaped.length);
    vm_bytes_free(&escaped);
    return 0;
}

void vm_lua_write(vm_lua *lua, const char *text, size_t length) {
    write_line(lua, text, length);
}

void vm_warn(void *context, const char *message, int to_continue) {
    vm_lua *host = context;
    bool begins = !host->warning_continues;
    host->warning_continues = to_continue != 0;
    if (begins && !to_continue && message[0] == '@') {
        if (strcmp(message, "@on") == 0) host->warnings_on = true;
        if (strcmp(message, "@off") == 0) host->warnings_on = false;
        return;
    }
    if (!host->warnings_on) return;
    fprintf(stderr, "%s%s%s", begins ? "Lua warning: " : "", message, to_continue ? "" : "\n");
}

void vm_open_print(lua_State *L) {
    lua_pushcfunction(L, print);
    lua_setglobal(L, "print");
}

void vm_lua_set_print(
    vm_lua *lua, void (*print)(void *context, const char *text, size_t length), void *context) {
    lua->print_context = context;
    lua->print = print;
}

void vm_lua_set_warnings(vm_lua *lua, bool on) {
    lua->warnings_on = on;
}

void vm_lua_set_print_escapes(vm_lua *lua, bool on) {
    lua->print_escapes = on;
}

bool vm_lua_flush_output(void) {
    if (fflush(stdout) != 0 && output_error == 0) output_error = errno;
    // io.write keeps the reason to itself. Of a pipe that nobody reads poll(2) tells.
    struct pollfd end = {STDOUT_FILENO, POLLOUT, 0};
    if (output_error == 0 && ferror(stdout))
        output_error = poll(&end, 1, 0) > 0 && (end.revents & POLLERR) ? EPIPE : EIO;
    return output_error == 0;
}

int vm_lua_output_error(void) {
    return output_error;
}
