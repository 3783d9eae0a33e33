namespace Cedar.Fuzz.Fuzzing;

/// <summary>Tokens to put into mutated texts.</summary>
internal static class Vocabulary
{
    public static readonly string[] Policies =
    [
        "permit", "forbid", "when", "unless", "principal", "action", "resource", "context", "?principal", "?resource", "?x", " in ", " is ", " has ",
        " like ", "if ", " then ", " else ", "true", "false", "==", "!=", "<", "<=", ">", ">=", "=", "&&", "||", "!", "-", "+", "*", "/", "%", ".", ",", ";",
        "::", ":", "(", ")", "[", "]", "{", "}", "@", "@id(\"x\")", "@a ", "\"\"", "\"a*\"", "\"\\u{1f}\"", "\"\\x41\"", "\"\\q\"", "0", "1",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "User", "User::\"a\"", "A::B::C::\"d\"", "__cedar", "__cedar::X",
        "contains", "containsAll", "containsAny", "isEmpty", "getTag", "hasTag", "ip", "decimal", "datetime", "duration", "offset", "durationSince", "toDate",
        "isIpv4", "isInRange", "lessThan", ".isEmpty()", ".contains(1)", "ip(\"::1\")", "decimal(\"1.0\")", "datetime(\"2024-01-01\")", "duration(\"1h\")",
        "//", "// x\n", "\n", " ", "/*", "\u00a0", "é", "🦊", "\0", "#", "'", "`", "\\", "$", "&", "|", "Action::\"view\"", "in", "is", "has", "like", "__x", "_",
    ];

    public static readonly string[] Schemas =
    [
        "namespace", "entity", "action", "type", "appliesTo", "principal", "resource", "context", " in ", "enum", "tags", "Set", "Set<", ">", "<", "Long",
        "Bool", "Boolean", "String", "ipaddr", "decimal", "datetime", "duration", "Record", "Entity", "Extension", "__cedar", "__cedar::Long", "{", "}", "[", "]",
        "(", ")", ",", ";", ":", "::", "?", "=", "@", "@doc(\"x\")", "@note ", "\"\"", "\"two words\"", "User", "A::B", "attributes", "// x\n", "\n", "\"\\u{1f}\"",
        "if", "is", "has", "like", "then", "else", "true", "false", "permit", "memberOf", "Action", "Action::\"view\"", "1", "é", "\0",
    ];

    public static readonly string[] Http =
    [
        "GET ", "POST ", "CONNECT ", "OPTIONS ", "2", "/", "//", ".", "..", "%2e", "%2F", "%5c", "%00", "%25", "%252e", "%c0%af", "%C3%A9", "%", "%4", ";", ";x", "?", "#",
        "@", ":", "\\", "[::1]", "[", "]", "127.1", "0x7f.1", "2130706433", ":443", ":0", "*", "x.com", ".com.", "http://", "https://", "xn--a", " ", "\t", "\r", "\n",
        "\0", "é", "🦊", "Host:", "content-length:", "transfer-encoding:chunked", "connection:", "te:trailers", "authorization:", "host:x.com", "1", ",", "\ud800",
    ];

    public static readonly string[] Json =
    [
        "{", "}", "[", "]", ",", ":", "null", "true", "false", "0", "-0", "1", "1.5", "1e3", "9223372036854775807", "9223372036854775808", "-1", "\"\"", "\"a\"",
        "\"\\ud800\"", "\"\\u0000\"", "\"type\"", "\"id\"", "\"__entity\"", "\"__extn\"", "\"fn\"", "\"arg\"", "\"args\"", "\"uid\"", "\"attrs\"", "\"parents\"", "\"tags\"",
        "\"effect\"", "\"principal\"", "\"action\"", "\"resource\"", "\"conditions\"", "\"annotations\"", "\"op\"", "\"slot\"", "\"entity\"", "\"entities\"",
        "\"entity_type\"", "\"in\"", "\"kind\"", "\"body\"", "\"Value\"", "\"Var\"", "\"Slot\"", "\"Set\"", "\"Record\"", "\"left\"", "\"right\"", "\"attr\"",
        "\"pattern\"", "\"Literal\"", "\"Wildcard\"", "\"if-then-else\"", "\"entityTypes\"", "\"actions\"", "\"commonTypes\"", "\"shape\"", "\"attributes\"",
        "\"required\"", "\"element\"", "\"name\"", "\"enum\"", "\"memberOf\"", "\"memberOfTypes\"", "\"appliesTo\"", "\"principalTypes\"", "\"resourceTypes\"",
        "\"context\"", "\"additionalAttributes\"", "\"Long\"", "\"String\"", "\"EntityOrCommon\"", "\"Extension\"", "\"Entity\"", "\"All\"", "\"==\"", "\"is\"", "\n", " ",
        "\"staticPolicies\"", "\"templates\"", "\"templateLinks\"", "\"templateId\"", "\"newId\"", "\"values\"",
    ];
}
