using System.Collections.Immutable;
using Cedar.Evaluation;
using Cedar.Schemas;
using Cedar.Values;

namespace Cedar.Tests.Validation;

/// <summary>
/// Random requests and entities that fit the schema of <see cref="ValidationWorld"/>, and policies that mostly do. Few ids, so that things meet.
/// </summary>
internal sealed class SoundnessWorld(int seed)
{
    private static readonly string[] s_actions = ["view", "edit", "paint"];
    private static readonly string[] s_texts = ["a", "ab", "k", ""];
    private readonly Random _random = new(seed);

    public (Request Request, ImmutableArray<Entity> Entities) Next()
    {
        var schema = ValidationWorld.Schema;
        var action = schema.Actions[new EntityUid("Action", Pick(s_actions))];
        var request = new Request(
            Uid(Pick([.. action.PrincipalTypes])), action.Uid, Uid(Pick([.. action.ResourceTypes])), Record(action.Context));
        List<Entity> entities = [.. schema.ActionEntities];
        foreach (var type in schema.EntityTypes.Values.OrderBy(type => type.Name, StringComparer.Ordinal))
        {
            foreach (var id in type.Choices ?? ["a", "b"])
            {
                if (Chance(90))
                {
                    entities.Add(Entity(new EntityUid(type.Name, id), type));
                }
            }
        }

        return (request, [.. entities]);
    }

    public string Policy() =>
        $"{(Chance(70) ? "permit" : "forbid")}"
        + $"(principal{Scope(" is User", " is App", " in Group::\"a\"", " is User in Group::\"a\"")}, "
        + $"action{Scope(" == Action::\"view\"", " == Action::\"edit\"", " in Action::\"read\"", " in [Action::\"view\", Action::\"paint\"]")}, "
        + $"resource{Scope(" is Photo", " is Album", " in Album::\"a\"", " is Color")})"
        + $" {(Chance(80) ? "when" : "unless")} {{ {Bool(3)} }};";

    /// <summary>Mostly no constraint: what a scope keeps out says nothing about the condition.</summary>
    private string Scope(params string[] constraints) => Chance(65) ? "" : Pick(constraints);

    private string Bool(int depth)
    {
        if (depth == 0)
        {
            return Pick("true", "false", "context has mfa", "principal is User", "resource is Photo", "principal has age", "resource has owner", "action == Action::\"view\"");
        }

        return _random.Next(18) switch
        {
            0 => $"({Bool(depth - 1)} && {Bool(depth - 1)})",
            1 => $"({Bool(depth - 1)} || {Bool(depth - 1)})",
            2 => $"!({Bool(depth - 1)})",
            3 => $"(if {Bool(depth - 1)} then {Bool(depth - 1)} else {Bool(depth - 1)})",
            4 => Guarded(depth),
            5 => Guarded(depth),
            6 => Guarded(depth),
            7 => $"{Long(depth - 1)} {Pick("<", "<=", ">", ">=", "==", "!=")} {Long(depth - 1)}",
            8 => $"{Text(depth - 1)} {Pick("==", "!=")} {Text(depth - 1)}",
            9 => $"{Text(depth - 1)} like \"{Pick("a*", "*", "*b", "k")}\"",
            10 => $"{Entity(depth - 1)} in {Pick(Entity(0), "Album::\"a\"", "[Group::\"a\", Group::\"b\"]", "[User::\"a\", Album::\"a\"]")}",
            11 => $"{Entity(depth - 1)} {Pick("==", "!=")} {Entity(depth - 1)}",
            12 => $"{Entity(depth - 1)} is {Pick("User", "Photo", "Album", "Color")}",
            13 => $"{Texts(depth - 1)}.contains({Text(depth - 1)})",
            14 => $"{Texts(depth - 1)}.{Pick("containsAll", "containsAny")}({Texts(depth - 1)})",
            15 => $"{Texts(depth - 1)}.isEmpty()",
            16 => $"{{a: {Long(depth - 1)}, b: {Bool(depth - 1)}}}.{Pick("b", "a == 1", "c")}",
            _ => "context.mfa",
        };
    }

    /// <summary>A test with a use that needs it; now and then the test is missing, weaker or of something else, which must not validate.</summary>
    private string Guarded(int depth)
    {
        var (test, use) = _random.Next(12) switch
        {
            0 => ("principal has age", $"principal.age > {Long(depth - 1)}"),
            1 => ("principal has address.city", $"principal.address.city == {Text(depth - 1)}"),
            2 => ("principal has address", "principal.address has city"),
            3 => ("context has ip", $"context.ip.{Pick("isIpv4()", "isLoopback()", "isInRange(ip(\"10.0.0.0/8\"))")}"),
            4 => ("context has reason", $"context.reason == {Text(depth - 1)}"),
            5 => ("resource has taken", $"resource.taken{Pick("", ".offset(duration(\"1d\"))", ".toDate()")} < datetime(\"2024-01-01\")"),
            6 => ("resource has taken", "resource.taken.durationSince(datetime(\"2024-01-01\")).toDays() > 3"),
            7 => ("resource has price", $"resource.price.{Pick("lessThan", "greaterThanOrEqual")}(decimal(\"1.5\"))"),
            8 => ("principal.hasTag(\"k\")", $"principal.getTag(\"k\") == {Text(depth - 1)}"),
            9 => ("resource is Photo && resource.hasTag(resource.path)", $"resource.getTag(resource.path).contains({Long(depth - 1)})"),
            10 => ("principal is User && resource is Photo", "resource.owner == principal && resource.owner.name == principal.name"),
            _ => ("resource is Album && resource has owner", "resource.owner has age && resource.owner.age == 1"),
        };
        return _random.Next(10) switch
        {
            0 => $"({use})",
            1 => $"({test} || {use})",
            2 => $"(!({test}) || {use})",
            3 => $"(if {test} then {use} else {Bool(depth - 1)})",
            4 => $"(if {test} then {Bool(depth - 1)} else {use})",
            5 => $"(({test} || {Bool(depth - 1)}) && {use})",
            6 => $"({test} && {Bool(depth - 1)} && {use})",
            7 => $"(({test} && {Bool(depth - 1)} || {test}) && {use})",
            8 => $"((if {Bool(depth - 1)} then {test} else false) && {use})",
            _ => $"({test} && {use})",
        };
    }

    private string Long(int depth) => Chance(2) ? Misfit() : depth <= 0 || Chance(50)
        ? Pick("0", "1", "-1", "9223372036854775807", "-9223372036854775808")
        : Pick($"({Long(depth - 1)} {Pick("+", "-", "*")} {Long(depth - 1)})", $"(-{Long(0)})", $"(if {Bool(depth - 1)} then {Long(depth - 1)} else {Long(depth - 1)})", Chance(5) ? "principal.age" : "2");

    private string Text(int depth) => Chance(2) ? Misfit() : depth <= 0 || Chance(60)
        ? Pick("\"a\"", "\"ab\"", "\"k\"")
        : Pick("principal.name", "resource.path", "resource.title", $"(if {Bool(depth - 1)} then {Text(depth - 1)} else {Text(depth - 1)})");

    private string Texts(int depth) => Chance(2) ? Misfit() : depth <= 0 || Chance(40)
        ? Pick("[\"a\", \"k\"]", "[\"ab\"]", Chance(5) ? "[]" : "[\"\"]")
        : Pick("resource.labels", $"[{Text(depth - 1)}, {Text(depth - 1)}]", Chance(10) ? "[1, \"a\"]" : "[\"b\"]");

    private string Entity(int depth) => Chance(2) ? Misfit() : depth <= 0 || Chance(70)
        ? Pick("principal", "resource", "User::\"a\"", "Photo::\"a\"", "Album::\"b\"", "Color::\"red\"", Chance(5) ? "Color::\"blue\"" : "action")
        : Pick("resource.owner", $"(if {Bool(depth - 1)} then {Entity(depth - 1)} else {Entity(depth - 1)})");

    /// <summary>Something that rarely is of the type asked for.</summary>
    private string Misfit() => Pick("1", "\"a\"", "true", "principal", "[\"a\"]", "{a: 1}", "decimal(\"1.5\")");

    private Entity Entity(EntityUid uid, EntityTypeDefinition type)
    {
        var tags = type.Tags is { } tag
            ? Value.RecordOf(s_texts.Where(_ => Chance(50)).Select(name => KeyValuePair.Create(name, Of(tag))))
            : RecordValue.Empty;
        // Upward by id within a type: an entity in itself is no store.
        ImmutableArray<EntityUid> parents =
        [
            .. type.Ancestors.Order(StringComparer.Ordinal).Where(_ => Chance(60)).Select(Uid)
                .Where(parent => parent.Type != uid.Type || string.CompareOrdinal(parent.Id, uid.Id) > 0),
        ];
        return new Entity(uid, Record(type.Attributes), tags, parents);
    }

    private RecordValue Record(SchemaType.Record type) => Value.RecordOf(
        type.Attributes.Where(field => field.Value.IsRequired || Chance(50)).Select(field => KeyValuePair.Create(field.Key, Of(field.Value.Type))));

    private Value Of(SchemaType type) => type switch
    {
        SchemaType.Boolean => Chance(50),
        SchemaType.Integer => Pick(0L, 1L, -1L, long.MaxValue, long.MinValue),
        SchemaType.Text => Pick(s_texts),
        SchemaType.Set set => Value.SetOf(Enumerable.Range(0, _random.Next(3)).Select(_ => Of(set.Element))),
        SchemaType.Record record => Record(record),
        SchemaType.Entity entity => Uid(entity.Name),
        SchemaType.Extension { Name: "ipaddr" } => IPAddressValue.TryParse(Pick("10.0.0.1", "::1", "127.0.0.1/8"), out var ip) ? ip : throw new InvalidOperationException("not an address"),
        SchemaType.Extension { Name: "decimal" } => DecimalValue.TryParse(Pick("1.5", "-3.25"), out var number) ? number : throw new InvalidOperationException("not a decimal"),
        SchemaType.Extension { Name: "datetime" } => DateTimeValue.TryParse(Pick("2023-05-01", "2024-07-01T10:00:00Z"), out var time) ? time : throw new InvalidOperationException("not a time"),
        _ => throw new InvalidOperationException($"The schema has no values of {type}."),
    };

    private EntityUid Uid(string type) => new(type, Pick([.. ValidationWorld.Schema.EntityTypes[type].Choices ?? ["a", "b"]]));

    private bool Chance(int percent) => _random.Next(100) < percent;

    private T Pick<T>(params T[] items) => items[_random.Next(items.Length)];
}
