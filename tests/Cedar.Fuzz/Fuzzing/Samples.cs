using Cedar.Fuzz.Generation;

namespace Cedar.Fuzz.Fuzzing;

/// <summary>What mutation starts from: written samples, generated worlds, and the published test cases where a folder of them is given.</summary>
internal static class Samples
{
    private const int MaxCorpusFiles = 2_000;

    public static readonly string[] Policies =
    [
        "permit (principal, action, resource);",
        "@id(\"a\") @b forbid (principal == User::\"a\", action in [Action::\"x\", Action::\"y\"], resource is Doc in Folder::\"f\")\nwhen { true } unless { context.a.b[\"c d\"] };",
        "permit (principal in ?principal, action == Action::\"v\", resource == ?resource) when { resource has a.b.c && resource.a.b.c like \"x*\\*\" };",
        "permit (principal is A::B, action, resource) when { if [1, -2, {a: \"b\"}].contains(3) then !(-1 + 2 * 3 - 4 < 5) else principal in [resource] };\n// end",
        "permit (principal, action, resource) when { ip(\"10.0.0.0/8\").isInRange(ip(\"::1\")) || decimal(\"1.23\").lessThan(decimal(\"2.0\")) };",
        "permit (principal, action, resource) when { datetime(\"2024-01-01\").offset(duration(\"-1d2h\")) >= context[\"now\"] && principal.getTag(\"k\") != \"\\u{1F600}\\x41\\n\" };",
        "permit (principal, // p\n action, // a\n resource // r\n) // e\nwhen { // w\n a // not an expression\n };",
    ];

    public static readonly string[] Http =
    [
        "GET /a/b?c=d\nHost:x.com\nAccept: */*",
        "POST https://x.com/@a%2fb;c=1//d?e[0]=%252F\nHost: X.com:443\nContent-Length: 12\nCookie: a=1\nCookie: b=2",
        "CONNECT x.com:443\nHost: x.com:443",
        "OPTIONS *\nHost: [2001:DB8::1]:8443\nConnection: keep-alive, upgrade\nUpgrade: websocket",
        "2GET /a/%C3%A9%40\n:x.com\nte:trailers\nx-a: ü",
        "2CONNECT \n:127.0.0.1:443",
    ];

    public static readonly string[] Expressions =
    [
        "1 + 2 * -3 == 4 || !!false && -(-1) < 2",
        "if principal.a then [1, \"b\", {c: 1, \"d e\": ip(\"::1\")}] else {}",
        "resource has a.b.c && principal is A::B in C::\"d\" && action in [Action::\"x\"]",
        "context[\"a\"].b.isEmpty() || \"x\" like \"*\\*\" || principal.hasTag(\"t\") && principal.getTag(\"t\").contains(User::\"u\")",
        "datetime(\"2024-01-01T00:00:00Z\").toDate().durationSince(context.d).toMinutes() >= 9223372036854775807",
        "((((1))))",
    ];

    public static readonly string[] Schemas =
    [
        "entity User in [Group] = { name: String, age?: Long, tags: Set<String> } tags Set<Long>;\nentity Group;\nentity Color enum [\"red\", \"green\"];\n"
            + "type T = { a: { b: decimal }, \"c d\"?: __cedar::ipaddr };\naction view, \"edit it\" in [all] appliesTo { principal: [User], resource: Group, context: T };\naction all;",
        "@doc(\"x\") namespace A::B { type D = datetime; entity E in C::F { d: D }; action a in [b, A::B::Action::\"c\"]; action b; action c; }\nnamespace C { entity F; }",
        "namespace N { entity Set; entity Long; type X = Y; type Y = Z; type Z = X; }",
        "action a appliesTo { principal: U, resource: [U], context: {} }; entity U { x: U };",
    ];

    public static readonly string[] JsonSchemas =
    [
        """{"":{"commonTypes":{"T":{"type":"Record","attributes":{"a":{"type":"Set","element":{"type":"Long"},"required":false}}}},"entityTypes":{"User":{"memberOfTypes":["Group"],"shape":{"type":"T"},"tags":{"type":"String"}},"Group":{},"C":{"enum":["a","b"]}},"actions":{"view":{"memberOf":[{"id":"all"}],"appliesTo":{"principalTypes":["User"],"resourceTypes":["Group"],"context":{"type":"Record","attributes":{"ip":{"type":"Extension","name":"ipaddr"},"e":{"type":"Entity","name":"User"},"x":{"type":"EntityOrCommon","name":"T"}}}}},"all":{"annotations":{"doc":"x"}}}}}""",
        """{"A::B":{"entityTypes":{"E":{"shape":{"type":"Record","attributes":{"d":{"type":"datetime","annotations":{"a":"b"}}},"additionalAttributes":false}}},"actions":{"a":{"memberOf":[{"type":"A::B::Action","id":"b"}]},"b":{}}}}""",
    ];

    public static readonly string[] JsonPolicies =
    [
        """{"effect":"permit","principal":{"op":"All"},"action":{"op":"==","entity":{"type":"Action","id":"v"}},"resource":{"op":"is","entity_type":"D","in":{"slot":"?resource"}},"annotations":{"id":"x"},"conditions":[{"kind":"when","body":{"&&":{"left":{"has":{"left":{"Var":"context"},"attr":["a","b"]}},"right":{"like":{"left":{".":{"left":{"Var":"principal"},"attr":"n"}},"pattern":["Wildcard",{"Literal":"x"}]}}}}},{"kind":"unless","body":{"if-then-else":{"if":{"!":{"arg":{"Value":true}}},"then":{"Set":[{"Value":1},{"Value":{"__entity":{"type":"U","id":"a"}}}]},"else":{"Record":{"k":{"neg":{"arg":{"Value":-1}}},"ip":{"ip":[{"Value":"::1"}]},"lt":{"lessThan":[{"decimal":[{"Value":"1.0"}]},{"decimal":[{"Value":"2.0"}]}]}}}}}}]}""",
        """{"staticPolicies":{"a":{"effect":"forbid","principal":{"op":"in","entity":{"__entity":{"type":"U","id":"a"}}},"action":{"op":"in","entities":[{"type":"Action","id":"v"}]},"resource":{"op":"All"},"conditions":[{"kind":"when","body":{"is":{"left":{"Var":"resource"},"entity_type":"T","in":{"Var":"principal"}}}}]}},"templates":{"t":{"effect":"permit","principal":{"op":"==","slot":"?principal"},"action":{"op":"All"},"resource":{"op":"All"},"conditions":[]}},"templateLinks":[{"templateId":"t","newId":"l","values":{"?principal":{"type":"U","id":"b"}}}]}""",
    ];

    public static readonly string[] JsonEntities =
    [
        """[{"uid":{"type":"User","id":"a"},"attrs":{"n":1,"s":["a",true,{"x":null}],"e":{"__entity":{"type":"A","id":"b"}},"ip":{"__extn":{"fn":"ip","arg":"::1"}},"d":{"__extn":{"fn":"offset","args":[{"__extn":{"fn":"datetime","arg":"2024-01-01"}},{"__extn":{"fn":"duration","arg":"1h"}}]}}},"parents":[{"type":"Group","id":"g"}],"tags":{"k":"v"}},{"uid":{"__entity":{"type":"Group","id":"g"}},"attrs":{},"parents":[]}]""",
        """[{"uid":{"type":"A::B","id":""},"attrs":{"big":9223372036854775807,"r":{"type":"x","id":"y"}},"parents":[{"__entity":{"type":"A::B","id":""}}]}]""",
    ];

    /// <summary>Parts of generated worlds, the same ones in every run.</summary>
    public static IEnumerable<string> Generated(Func<World, IEnumerable<string>> part) =>
        Enumerable.Range(1, 40).SelectMany(seed => part(World.Generate((ulong)seed, 3, 1)));

    /// <summary>The files of the published test cases with one of the endings, when their folder is there.</summary>
    public static IEnumerable<string> Corpus(string? folder, string ending)
    {
        if (folder is null || !Directory.Exists(folder))
        {
            return [];
        }

        return Directory.EnumerateFiles(folder, "*" + ending, SearchOption.AllDirectories)
            .Where(path => new FileInfo(path).Length < 20_000)
            .Order(StringComparer.Ordinal).Take(MaxCorpusFiles).Select(File.ReadAllText);
    }
}
