// `io.popen` in a run that starts no program: a file of what the host says in place of the program.
#include "host.h"

#include <stdio.h>

static int close_stand_in(lua_State *L) {
    luaL_Stream *stream = luaL_checkudata(L, 1, LUA_FILEHANDLE);
    fclose(stream->f);
    return luaL_execresult(L, 0);
}

// io.popen(command [, mode]). Upvalue 1: the host's function, which raises, or gives a text to read.
static int open_stand_in(lua_State *L) {
    luaL_checkstring(L, 1);
    const char *mode = luaL_optstring(L, 2, "r");
    luaL_argcheck(L, (mode[0] == 'r' || mode[0] == 'w') && mode[1] == 0, 2, "invalid mode");
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, 1);
    lua_call(L, 1, 1);
    size_t length;
    const char *text = luaL_checklstring(L, -1, &length);
    luaL_Stream *stream = lua_newuserdatauv(L, sizeof *stream, 0);
    stream->closef = NULL; // closed, as long as there is no file
    luaL_setmetatable(L, LUA_FILEHANDLE);
    stream->f = mode[0] == 'w' ? fopen("/dev/null", "we") : fmemopen(NULL, length + 1, "w+");
    if (stream->f == NULL) return luaL_fileresult(L, 0, lua_tostring(L, 1));
    stream->closef = close_stand_in;
    if (mode[0] == 'r') {
        fwrite(text, 1, length, stream->f);
        rewind(stream->f);
    }
    return 1;
}

static int replace_popen(lua_State *L) {
    lua_getglobal(L, "io");
    lua_getfield(L, -1, "popen");
    lua_pushcclosure(L, open_stand_in, 1);
    lua_setfield(L, -2, "popen");
    return 0;
}

bool vm_lua_replace_popen(vm_lua *lua) {
    lua_pushcfunction(lua->main, replace_popen);
    bool done = lua_pcall(lua->main, 0, 0, 0) == LUA_OK;
    if (!done) lua_pop(lua->main, 1);
    return done;
}
