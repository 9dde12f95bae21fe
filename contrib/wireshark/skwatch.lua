-- SPDX-License-Identifier: BSD-2-Clause
--
-- Shows in Wireshark and tshark what skwatch has put into a pcapng file beside the packets: the
-- processes of each packet (from its comments) and the events and rows of connections (from the
-- entries of a systemd journal), and requests with the time they took. They become fields for columns and filters, for example
--
--     skwatch.comm == "nginx"             the packets and events of a process
--     skwatch.event == "rto"              retransmission timeouts
--     skwatch.srtt > 50                   rows and events of slow connections, in milliseconds
--     skwatch.message.latency > 200       packets that ended slow answers, in milliseconds
--     skwatch.message.status == "500"     answers by their status, also .protocol and .kind
--     skwatch.mark.host == 17             the SYNs and SYN-ACKs that a host has marked
--
-- Copy this file to the personal Lua plugins folder (Help > About Wireshark > Folders), or start
-- tshark with -X lua_script:skwatch.lua. Made for Wireshark 4.0 and later.

if not register_postdissector then
    return
end

local skwatch = Proto("skwatch", "skwatch: processes and connections")

local fields = {
    pid = ProtoField.uint32("skwatch.pid", "Process"),
    comm = ProtoField.string("skwatch.comm", "Name of the process"),
    cgroup = ProtoField.string("skwatch.cgroup", "Cgroup"),
    netns = ProtoField.string("skwatch.netns", "Network namespace"),
    sender = ProtoField.string("skwatch.sender", "Process that sent it"),
    receiver = ProtoField.string("skwatch.receiver", "Process that receives it"),
    event = ProtoField.string("skwatch.event", "Event"),
    state = ProtoField.string("skwatch.state", "State"),
    local_addr = ProtoField.string("skwatch.local", "Local address and port"),
    remote_addr = ProtoField.string("skwatch.remote", "Remote address and port"),
    reason = ProtoField.string("skwatch.close_reason", "Reason of the close"),
    srtt = ProtoField.double("skwatch.srtt", "Smoothed RTT, milliseconds"),
    min_rtt = ProtoField.double("skwatch.min_rtt", "Lowest RTT, milliseconds"),
    rto = ProtoField.double("skwatch.rto", "Retransmission timeout, milliseconds"),
    cwnd = ProtoField.uint32("skwatch.cwnd", "Congestion window, segments"),
    retrans = ProtoField.uint32("skwatch.retrans", "Segments sent again"),
    rtos = ProtoField.uint32("skwatch.rto_count", "Timeouts"),
    cookie = ProtoField.string("skwatch.cookie", "Cookie of the socket"),
    message = ProtoField.string("skwatch.message", "Message"),
    protocol = ProtoField.string("skwatch.message.protocol", "Protocol of the message"),
    kind = ProtoField.string("skwatch.message.kind", "What was asked for"),
    status = ProtoField.string("skwatch.message.status", "Status of the answer"),
    latency = ProtoField.double("skwatch.message.latency", "Latency, milliseconds"),
    mark_host = ProtoField.uint32("skwatch.mark.host", "Number of the sender's host"),
    mark_cookie = ProtoField.uint64("skwatch.mark.cookie", "Cookie of the sender's socket"),
    mark_comm = ProtoField.string("skwatch.mark.comm", "First letters of the sender's process"),
}
skwatch.fields = {
    fields.pid, fields.comm, fields.cgroup, fields.netns, fields.sender, fields.receiver,
    fields.event, fields.state, fields.local_addr, fields.remote_addr, fields.reason, fields.srtt,
    fields.min_rtt, fields.rto, fields.cwnd, fields.retrans, fields.rtos, fields.cookie,
    fields.message, fields.protocol, fields.kind, fields.status, fields.latency,
    fields.mark_host, fields.mark_cookie, fields.mark_comm,
}

-- The option of skwatch mark (src/abi/mark.h): kind, length, identifier, host, cookie and name.
local MARK_KIND, MARK_ID, MARK_LEN = 254, 0x5357, 16

-- The only fields of other dissectors that are read.
local frame_comment = Field.new("frame.comment")
local frame_protocols = Field.new("frame.protocols")
local tcp_options = Field.new("tcp.options")

-- "comm[pid] cgroup netns NAME", of which all but the first word may be missing. The name of a
-- process may have brackets and blanks, so the first "[digits]" counts that one of these follows.
local function owner_of(comment)
    local at = 1
    while true do
        local from, to, pid = comment:find("%[(%d+)%]", at)
        if not from then
            return nil
        end
        local after, place = comment:sub(to + 1), comment:sub(to + 2)
        local is_end = after == "" or after:find("^ /") or after:find("^ netns .")
        if from > 1 and is_end and tonumber(pid) < 2 ^ 32 then
            local cgroup, netns = place:match("^(/.*) netns (.+)$")
            if not cgroup then
                netns = place:match("^netns (.+)$")
                cgroup = place:match("^(/.*)$")
            end
            return { comm = comment:sub(1, from - 1), pid = tonumber(pid), cgroup = cgroup,
                     netns = netns }
        end
        at = to + 1
    end
end

local function add_owner(tree, owner)
    tree:add(fields.comm, owner.comm):set_generated()
    tree:add(fields.pid, owner.pid):set_generated()
    if owner.cgroup then
        tree:add(fields.cgroup, owner.cgroup):set_generated()
    end
    if owner.netns then
        tree:add(fields.netns, owner.netns):set_generated()
    end
end

-- "HTTP 200 in 12.3 ms" of skwatch messages, or "DNS no answer"; the rest, as in "HTTP 200 in 12.3
-- ms: GET /path, ENDS", is what was asked for.
local MS = { us = 0.001, ms = 1, s = 1000 }

local function message_of(text)
    local protocol, status, number, unit, rest =
        text:match("^(%u[%u%d]*) (.-) in (%d+%.?%d*) (%l+)(.*)$")
    if not MS[unit or ""] or (rest ~= "" and not rest:find("^: ")) then
        protocol, status, rest = text:match("^(%u[%u%d]*) (no answer)(: .*)$")
        number, unit = nil, nil
    end
    if not protocol then
        return nil
    end
    return { text = text, protocol = protocol:lower(), status = status,
             latency = number and tonumber(number) * MS[unit],
             kind = rest:match("^: (.-), %S+:%d+ > %S+:%d+") }
end

local function add_message(buffer, root, message)
    local tree = root:add(skwatch, buffer, "skwatch: " .. message.text)
    tree:add(fields.message, message.text):set_generated()
    tree:add(fields.protocol, message.protocol):set_generated()
    tree:add(fields.status, message.status):set_generated()
    if message.latency then
        tree:add(fields.latency, message.latency):set_generated()
    end
    if message.kind then
        tree:add(fields.kind, message.kind):set_generated()
    end
end

-- A comment or an entry may have several, "; " between them.
local function add_messages(buffer, root, text)
    for part in (text .. "; "):gmatch("(.-); ") do
        local message = message_of(part)
        if message then
            add_message(buffer, root, message)
        end
    end
end

-- Of the trigger of a flight recorder, the message comes behind the trigger's own text.
local function add_note(buffer, root, text)
    local trigger = text:match("^trigger %d+: (.*); [%d.]+ s before it are held$")
    if trigger then
        text = trigger:match(": (%u[%u%d]* .* in .*)$") or trigger:match(": (%u[%u%d]* no answer: .*)$") or ""
    end
    add_messages(buffer, root, text)
end

local function add_comments(buffer, root)
    local owners = {}
    for _, comment in ipairs({ frame_comment() }) do
        local text = tostring(comment.value)
        local owner = owner_of(text)
        if owner then
            owners[#owners + 1] = owner
        else
            add_messages(buffer(0, 0), root, text)
        end
    end
    if #owners == 0 then
        return
    end
    local tree = root:add(skwatch, buffer(0, 0), "skwatch: processes of this packet")
    for _, owner in ipairs(owners) do
        add_owner(tree, owner)
    end
    -- With two comments, the sender's is the first. A single one does not tell which end it is.
    if #owners == 2 then
        tree:add(fields.sender, owners[1].comm):set_generated()
        tree:add(fields.receiver, owners[2].comm):set_generated()
    end
end

-- The fields of an entry: NAME=value lines, or NAME and a value after its length of 8 bytes.
local function entry_of(text)
    local entry, at = {}, 1
    while at <= #text do
        local stop = text:find("\n", at, true)
        if not stop or stop == at or text:byte(at) == 0 then
            break
        end
        local line = text:sub(at, stop - 1)
        local equals = line:find("=", 1, true)
        if equals then
            local name = line:sub(1, equals - 1)
            if entry[name] == nil then
                entry[name] = line:sub(equals + 1)
            end
            at = stop + 1
        else
            local len, factor = 0, 1
            for i = 1, 8 do
                len = len + (text:byte(stop + i) or 255) * factor
                factor = factor * 256
            end
            if stop + 8 + len >= #text then
                break
            end
            entry[line] = text:sub(stop + 9, stop + 8 + len)
            at = stop + 8 + len + 2
        end
    end
    return entry
end

local function add_number(tree, field, text, divisor)
    local number = tonumber(text or "")
    if number and number >= 0 and number < 2 ^ 53 then
        tree:add(field, divisor and number / divisor or number):set_generated()
    end
end

local function add_text(tree, field, text)
    if text then
        tree:add(field, text):set_generated()
    end
end

local function endpoint(addr, port)
    if not addr or not port then
        return nil
    end
    return (addr:find(":", 1, true) and "[" .. addr .. "]" or addr) .. ":" .. port
end

local function add_entry(buffer, root)
    local entry = entry_of(buffer:raw(0, buffer:len()))
    local kind = entry.SKWATCH_TYPE
    if entry.SYSLOG_IDENTIFIER == "skwatch" and not kind and entry.MESSAGE then
        add_note(buffer(), root, entry.MESSAGE)
    end
    if entry.SYSLOG_IDENTIFIER ~= "skwatch" or not kind then
        return
    end
    local tree = root:add(skwatch, buffer(), "skwatch: " .. kind)
    add_text(tree, fields.event, kind)
    add_text(tree, fields.comm, entry.SKWATCH_COMM)
    add_number(tree, fields.pid, entry.SKWATCH_PID)
    add_text(tree, fields.cgroup, entry.SKWATCH_CGROUP)
    add_text(tree, fields.netns, entry.SKWATCH_NETNS_NAME)
    add_text(tree, fields.state, entry.SKWATCH_STATE)
    add_text(tree, fields.local_addr, endpoint(entry.SKWATCH_LOCAL_ADDR, entry.SKWATCH_LOCAL_PORT))
    add_text(tree, fields.remote_addr,
             endpoint(entry.SKWATCH_REMOTE_ADDR, entry.SKWATCH_REMOTE_PORT))
    add_text(tree, fields.reason, entry.SKWATCH_CLOSE_REASON)
    add_number(tree, fields.srtt, entry.SKWATCH_SRTT_US, 1000)
    add_number(tree, fields.min_rtt, entry.SKWATCH_MIN_RTT_US, 1000)
    add_number(tree, fields.rto, entry.SKWATCH_RTO_US, 1000)
    add_number(tree, fields.cwnd, entry.SKWATCH_CWND)
    add_number(tree, fields.retrans, entry.SKWATCH_RETRANS_SEGS)
    add_number(tree, fields.rtos, entry.SKWATCH_RTO_COUNT)
    add_text(tree, fields.cookie, entry.SKWATCH_COOKIE)
end

local function add_mark(option, root)
    local tree = root:add(skwatch, option, "skwatch: mark")
    tree:add(fields.mark_host, option(4, 4))
    tree:add(fields.mark_cookie, option(8, 8))
    if option:len() > MARK_LEN then
        tree:add(fields.mark_comm, option(MARK_LEN))
    end
end

local function add_marks(root)
    for _, info in ipairs({ tcp_options() }) do
        local options, at = info.range, 0
        while at + 1 < options:len() do
            local kind, len = options(at, 1):uint(), options(at + 1, 1):uint()
            if kind == 0 then
                break
            elseif kind == 1 then
                len = 1
            elseif len < 2 or at + len > options:len() then
                break
            elseif kind == MARK_KIND and len >= MARK_LEN and
                   options(at + 2, 2):uint() == MARK_ID then
                add_mark(options(at, len), root)
            end
            at = at + len
        end
    end
end

function skwatch.dissector(buffer, _, root)
    local protocols = frame_protocols()
    if protocols and tostring(protocols.value):find("systemd_journal", 1, true) then
        add_entry(buffer, root)
    else
        add_comments(buffer, root)
        add_marks(root)
    end
end

-- Every field is wanted although no column or filter may name it.
register_postdissector(skwatch)
