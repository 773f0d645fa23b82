//! What Redis does in one step.

use std::sync::LazyLock;

use redis::Script;

/// GETDEL for servers older than 6.2.
pub(super) static TAKE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local value = redis.call('GET', KEYS[1])
         if value then redis.call('DEL', KEYS[1]) end
         return value",
    )
});

/// A counter that somebody else left without an end gets one.
pub(super) static INCREMENT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local count = redis.call('INCR', KEYS[1])
         if count == 1 or redis.call('TTL', KEYS[1]) < 0 then
           redis.call('EXPIRE', KEYS[1], ARGV[1])
         end
         return count",
    )
});

pub(super) static RAISE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local before = tonumber(redis.call('GET', KEYS[1]) or '') or 0
         local number = string.format('%.0f', math.max(before, tonumber(ARGV[1])))
         redis.call('SET', KEYS[1], number, 'EX', ARGV[2])",
    )
});

/// Arguments: now, the added token (may be empty) and its end, the removed tokens. The list is written
/// by hand, for `cjson` sorts members as it likes.
pub(super) static UPDATE_LIST: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r#"local now, added, ends = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
           local gone = { [added] = true }
           for i = 4, #ARGV do gone[ARGV[i]] = true end
           local kept = {}
           local function keep(token, at) kept[#kept + 1] = { token, at, #kept } end
           local is_list, list = pcall(cjson.decode, redis.call('GET', KEYS[1]) or '[]')
           if is_list and type(list) == 'table' then
             for _, entry in ipairs(list) do
               local token, at = entry.token, entry.expiresAt
               if type(token) == 'string' and type(at) == 'number' and at > now and not gone[token] then
                 keep(token, at)
               end
             end
           end
           if added ~= '' then keep(added, ends) end
           table.sort(kept, function(a, b)
             if a[2] ~= b[2] then return a[2] < b[2] end
             return a[3] < b[3]
           end)
           local last = kept[#kept]
           local seconds = last and math.floor((last[2] - now) / 1000) or 0
           if seconds <= 0 then
             redis.call('DEL', KEYS[1])
             return
           end
           local texts = {}
           for i, entry in ipairs(kept) do
             texts[i] = '{"token":' .. cjson.encode(entry[1])
               .. ',"expiresAt":' .. string.format('%.0f', entry[2]) .. '}'
           end
           redis.call('SET', KEYS[1], '[' .. table.concat(texts, ',') .. ']', 'EX', seconds)"#,
    )
});
