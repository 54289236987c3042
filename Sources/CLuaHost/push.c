// The value buffer to Lua values; convert.c has the way back. Pushing may run out of memory, and is called only under a
// protected call.
#include "host.h"

const char vm_key_array = 'a';

static void push_table(lua_State *L, const vm_values *values, size_t at) {
    uint32_t count = vm_count_at(values, at);
    bool is_array = vm_tag_at(values, at) == VM_ARRAY;
    int hint = count > INT32_MAX / 2 ? 0 : (int)count;
    luaL_checkstack(L, 4, "value nested too deeply");
    lua_createtable(L, is_array ? hint : 0, is_array ? 0 : hint);
    size_t place = vm_first_in(at);
    for (uint32_t i = 1; i <= count; i++) {
        vm_push_value(L, values, place);
        place = vm_after(values, place);
        if (is_array) {
            lua_rawseti(L, -2, (lua_Integer)i);
        } else {
            vm_push_value(L, values, place);
            place = vm_after(values, place);
            lua_rawset(L, -3);
        }
    }
    if (is_array) {
        lua_rawgetp(L, LUA_REGISTRYINDEX, &vm_key_array);
        lua_setmetatable(L, -2);
    }
}

void vm_push_value(lua_State *L, const vm_values *values, size_t at) {
    switch (vm_tag_at(values, at)) {
    case VM_NIL:
        lua_pushnil(L);
        break;
    case VM_FALSE:
    case VM_TRUE:
        lua_pushboolean(L, vm_tag_at(values, at) == VM_TRUE);
        break;
    case VM_NULL:
        lua_pushlightuserdata(L, NULL);
        break;
    case VM_INTEGER:
        lua_pushinteger(L, vm_integer_at(values, at));
        break;
    case VM_DOUBLE:
        lua_pushnumber(L, vm_double_at(values, at));
        break;
    case VM_STRING: {
        size_t length;
        const char *text = vm_string_at(values, at, &length);
        lua_pushlstring(L, text, length);
        break;
    }
    case VM_ARRAY:
    case VM_RECORD:
        push_table(L, values, at);
        break;
    case VM_ERROR:
        push_table(L, values, at);
        lua_rawgetp(L, LUA_REGISTRYINDEX, &vm_key_error);
        lua_setmetatable(L, -2);
        break;
    case VM_OBJECT:
        vm_push_object(L, vm_object_kind_at(values, at), vm_object_identifier_at(values, at));
        break;
    }
}

int vm_push_all(lua_State *L, const vm_values *values) {
    if (values->failed) luaL_error(L, "not enough memory");
    int count = 0;
    for (size_t at = 0; at < values->length; at = vm_after(values, at)) {
        luaL_checkstack(L, 1, "too many results");
        vm_push_value(L, values, at);
        count++;
    }
    return count;
}

void vm_open_values(lua_State *L) {
    // The metatable of arrays, so that an empty one is encoded as an array again.
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "array");
    lua_setfield(L, -2, "__name");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &vm_key_array);
}
