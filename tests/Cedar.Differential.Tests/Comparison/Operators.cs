using System.Text.Json.Nodes;
using Cedar.Differential.Tests.Oracle;
using Cedar.Fuzz.Generation;

namespace Cedar.Differential.Tests.Comparison;

/// <summary>Which strings are values of extension types, what methods make of them, and which strings match a pattern.</summary>
internal static class Operators
{
    private const int PerWorld = 12;
    private static readonly string[] s_types = ["ipaddr", "decimal", "datetime", "duration"];

    public static void Compare(World world, ReferenceCedar reference, Tallies tallies)
    {
        var random = new SeededRandom(world.Seed ^ 0x0B5E);
        var policies = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < PerWorld; i++)
        {
            policies.Add($"p{i:00}", $"permit(principal, action, resource) when {{ {Test(random)} }};\n");
        }

        // One question for all of them: each is in the reasons, in the errors or in neither.
        var uid = new JsonObject { ["type"] = "T", ["id"] = "t" };
        var request = new JsonObject
        {
            ["principal"] = uid, ["action"] = new JsonObject { ["type"] = "Action", ["id"] = "a" }, ["resource"] = uid.DeepClone(), ["context"] = new JsonObject(),
        };
        var all = new Case(world.Seed, null, policies, new Dictionary<string, string>(), [], [], [request]);
        var answer = reference.Ask(all.Question("authorize")).GetProperty("answers")[0];
        var ours = Library.Authorize(all)[0];
        foreach (var (id, policy) in policies)
        {
            var theirs = answer.Names("errors").Contains(id, StringComparison.Ordinal) ? "fails"
                : answer.Names("reasons").Contains(id, StringComparison.Ordinal) ? "true" : "false";
            tallies.Operators.Compare(Outcome(ours, id), theirs, theirs != "fails", () => $"seed {world.Seed}\n{policy}");
        }
    }

    private static string Outcome(string described, string id)
    {
        var errors = described.IndexOf("errors in", StringComparison.Ordinal);
        var at = described.IndexOf(id, StringComparison.Ordinal);
        return at < 0 ? "false" : at > errors ? "fails" : "true";
    }

    private static string Test(SeededRandom random)
    {
        var type = random.Pick(s_types);
        return random.Below(10) switch
        {
            0 or 1 => $"{Word(random, isPattern: false)} like {Word(random, isPattern: true)}",
            2 or 3 or 4 => $"{Make(random, type)} == {Make(random, type)}",
            5 => $"{Make(random, "ipaddr")}.isInRange({Make(random, "ipaddr")})",
            6 => $"{Make(random, "ipaddr")}.{random.Pick(["isIpv4", "isIpv6", "isLoopback", "isMulticast"])}()",
            7 => $"{Make(random, "decimal")}.{random.Pick(["lessThan", "greaterThanOrEqual"])}({Make(random, "decimal")})",
            8 => $"{Make(random, "datetime")}.offset({Make(random, "duration")}) {random.Pick(["<", ">="])} {Make(random, "datetime")}.toDate()",
            _ => $"{Make(random, "datetime")}.durationSince({Make(random, "datetime")}).{random.Pick(["toDays", "toHours", "toMinutes", "toSeconds"])}() < "
                + $"{Make(random, "datetime")}.toTime().toMilliseconds() - {Make(random, "duration")}.toSeconds()",
        };
    }

    private static string Make(SeededRandom random, string type)
    {
        var text = random.Percent(40) ? Literals.AlmostExtension(random, type) : Literals.Extension(random, type, broken: random.Percent(10));
        return $"{Literals.Constructor(type)}({CedarText.Quote(text)})";
    }

    private static string Word(SeededRandom random, bool isPattern)
    {
        var text = "";
        for (var i = random.Below(6); i > 0; i--)
        {
            text += random.Below(6) switch { 0 => "a", 1 => "b", 2 => "*", 3 => "🦊", 4 => "é", _ => "ab" };
        }

        // In a pattern a star that is not escaped stands for anything; in a string there is nothing to escape.
        return isPattern && random.Percent(30) ? $"\"{text.Replace("*", "\\*", StringComparison.Ordinal)}\"" : $"\"{text}\"";
    }
}
