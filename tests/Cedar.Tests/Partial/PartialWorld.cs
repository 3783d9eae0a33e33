using System.Collections.Immutable;
using Cedar.Evaluation;
using Cedar.Partial;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Tests.Partial;

/// <summary>Random requests, entities, views of them that leave things out, and policies about them. Small, so that things meet.</summary>
internal sealed class PartialWorld(int seed)
{
    private static readonly EntityUid[] s_uids =
    [
        new("U", "a"), new("U", "b"), new("G", "g"), new("G", "h"), new("Action", "x"), new("Action", "y"), new("R", "r"),
    ];

    private static readonly string[] s_names = ["n", "s", "f", "e", "r", "l", "t"];
    private readonly Random _random = new(seed);

    public (Request Request, EntityStore Entities, PartialRequest PartialRequest, PartialEntities PartialEntities) Next()
    {
        var request = new Request(Uid(), Uid(), Uid(), Record(2));
        var isUpward = Chance(50);
        List<Entity> entities = [.. s_uids.Where(_ => Chance(70)).Select(uid => new Entity(uid, Record(2), Record(1), Parents(uid, isUpward)))];
        var isOpen = Chance(20);
        List<Entity> seen = [.. entities.Where(_ => !isOpen || Chance(50))];
        List<PartialEntity> partial = [];
        foreach (var entity in seen.ToArray())
        {
            if (Chance(40))
            {
                partial.Add(new PartialEntity(entity.Uid, Hide(entity.Attributes), Hide(entity.Tags), Chance(50) ? null : entity.Parents));
                if (Chance(50))
                {
                    seen.Remove(entity);
                }
            }
        }

        var partialRequest = new PartialRequest(Hide(request.Principal), Hide(request.Action), Hide(request.Resource), Hide(request.Context));
        return (request, new EntityStore(entities), partialRequest, new PartialEntities(new EntityStore(seen), partial, isOpen));
    }

    public string Policy() =>
        $"{(Chance(60) ? "permit" : "forbid")} (principal{Scope()}, action{(Chance(20) ? " in [Action::\"x\", Action::\"y\"]" : Chance(20) ? " == Action::\"x\"" : "")}, resource{Scope()})"
        + string.Concat(Enumerable.Range(0, _random.Next(3)).Select(_ => $"{(Chance(75) ? " when" : " unless")} {{ {Expression(3)} }}")) + ";";

    /// <summary>An expression, mostly of a type that fits, so that evaluation gets deep into it.</summary>
    public string Expression(int depth) => Chance(4) ? Any(depth) : Bool(depth);

    private bool Chance(int percent) => _random.Next(100) < percent;

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];

    private EntityUid Uid() => s_uids[_random.Next(s_uids.Length)];

    /// <summary>Parents on one side of the entity only, so that there is no cycle.</summary>
    private ImmutableArray<EntityUid> Parents(EntityUid uid, bool isUpward)
    {
        var at = Array.IndexOf(s_uids, uid);
        return [.. s_uids.Where((_, i) => i != at && i > at == isUpward && Chance(30))];
    }

    private RecordValue Record(int depth) =>
        Value.RecordOf(s_names.Where(_ => Chance(75)).Select(name => KeyValuePair.Create(name, Chance(92) ? Field(name, depth) : Field(Pick(s_names), depth))));

    private Value Field(string name, int depth) => name switch
    {
        "n" => (long)_random.Next(-2, 3),
        "s" => Pick("a", "ab", "*"),
        "f" => Chance(50),
        "e" => Uid(),
        "r" when depth > 0 => Record(depth - 1),
        "l" => Value.SetOf(Enumerable.Range(0, _random.Next(3)).Select(_ => Chance(70) ? Uid() : (Value)(long)_random.Next(2))),
        _ => IPAddressValue.TryParse(Pick("10.0.0.1", "10.0.0.0/8", "::1"), out var ip) ? ip : throw new InvalidOperationException(),
    };

    private PartialUid Hide(EntityUid uid) => Chance(40) ? uid : Chance(50) ? PartialUid.OfType(uid.Type) : PartialUid.Anything;

    private PartialRecord Hide(RecordValue record)
    {
        if (Chance(30))
        {
            return PartialRecord.Of(record);
        }

        var known = record.Fields.Where(_ => Chance(50)).ToList();
        var rest = record.Fields.Except(known).Select(field => field.Key).ToList();
        var isOpen = Chance(50);
        return new PartialRecord(Value.RecordOf(known), [.. rest.Where(_ => !isOpen || Chance(50))], isOpen);
    }

    private string Scope() => Pick("", "", " == U::\"a\"", " in G::\"g\"", " is U", " is R", " is U in G::\"h\"");

    private string Any(int depth) => Pick(Bool(depth - 1), Long(depth - 1), Text(depth - 1), Entity(depth - 1), Set(depth - 1), Rec(depth - 1));

    private string Bool(int depth) => depth <= 0
        ? Pick("true", "false", $"({Target()} has {Pick(s_names)})", $"({Entity(0)} is {Pick("U", "G", "R")})", $"{Target()}.f", "(principal == resource)")
        : _random.Next(18) switch
        {
            0 or 1 => $"({Bool(depth - 1)} && {Bool(depth - 1)})",
            2 or 3 => $"({Bool(depth - 1)} || {Bool(depth - 1)})",
            4 => $"!({Expression(depth - 1)})",
            5 => $"(if {Bool(depth - 1)} then {Bool(depth - 1)} else {Bool(depth - 1)})",
            6 => $"({Any(depth)} {Pick("==", "!=")} {Any(depth)})",
            7 => $"({Entity(depth - 1)} {Pick("==", "!=")} {Entity(depth - 1)})",
            8 => $"({Long(depth - 1)} {Pick("<", "<=", ">", ">=", "==")} {Long(depth - 1)})",
            9 => $"({Entity(depth - 1)} in {Pick(Entity(depth - 1), Set(depth - 1))})",
            10 => $"({Entity(depth - 1)} is {Pick("U", "G", "R", "Action")}{(Chance(50) ? $" in {Entity(depth - 1)}" : "")})",
            11 => $"({Target()} has {Pick(s_names)}{(Chance(40) ? $".{Pick(s_names)}" : "")})",
            12 => $"({Text(depth - 1)} like \"a*\")",
            13 => $"{Set(depth - 1)}.{Pick("contains", "containsAll", "containsAny")}({Pick(Set(depth - 1), Entity(depth - 1))})",
            14 => $"{Entity(depth - 1)}.hasTag({Text(depth - 1)})",
            15 => $"{Set(depth - 1)}.isEmpty()",
            16 => $"{Target()}.t.{Pick("isIpv4()", "isLoopback()", "isInRange(ip(\"10.0.0.0/8\"))")}",
            _ => $"({Target()} has {Pick(s_names)} && {Target()}.{Pick("f", "r.f", "e.f")})",
        };

    private string Target() => Pick("principal", "resource", "context", "context", "action", "U::\"a\"", "R::\"r\"", "context.r", "principal.e", "{f: principal.f, e: resource}");

    private string Long(int depth) => depth <= 0
        ? Pick("0", "1", "-1", "context.n", $"{Target()}.n")
        : Pick($"({Long(depth - 1)} + {Long(depth - 1)})", $"-({Long(depth - 1)})", $"({Long(depth - 1)} * {Any(depth - 1)})", Long(0),
            $"(if {Bool(depth - 1)} then {Long(depth - 1)} else {Long(depth - 1)})", $"{Entity(depth - 1)}.getTag(\"n\")", "9223372036854775807");

    private string Text(int depth) => depth <= 0 ? Pick("\"a\"", "\"n\"", "context.s", $"{Target()}.s") : Pick(Text(0), $"{Entity(depth - 1)}.getTag(\"s\")");

    private string Entity(int depth) => depth <= 0
        ? Pick("principal", "action", "resource", "U::\"a\"", "U::\"b\"", "G::\"g\"", "R::\"r\"", "context.e", $"{Target()}.e")
        : Pick(Entity(0), $"{Entity(depth - 1)}.e", $"(if {Bool(depth - 1)} then {Entity(depth - 1)} else {Entity(depth - 1)})", $"{Rec(depth - 1)}.e");

    private string Set(int depth) => depth <= 0
        ? Pick("[]", "[U::\"a\", G::\"g\"]", "[principal]", "context.l", $"{Target()}.l")
        : Pick(Set(0), $"[{Any(depth - 1)}, {Entity(depth - 1)}]", $"[{Entity(depth - 1)}, {Entity(depth - 1)}]");

    private string Rec(int depth) => depth <= 0 ? Pick("{}", "context", "context.r", "{e: principal}") : $"{{e: {Entity(depth - 1)}, \"n\": {Long(depth - 1)}}}";
}
