using System.Text;
using Cedar.Authorization;
using Leash.EndToEnd.Tests.Support;
using Leash.Plan;
using Leash.Policy;

namespace Leash.EndToEnd.Tests;

/// <summary>What the Cedar evaluator says about random policies is what real processes under the enforcer meet.</summary>
public sealed class OracleTests
{
    private const int Policies = 36;
    private const int OperationsPerPolicy = 48;
    private const int EPERM = 1;
    private const int EACCES = 13;

    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task RandomPolicies_AreEnforcedAsCedarDecides(Account account)
    {
        var seed = Environment.GetEnvironmentVariable("LEASH_TEST_SEED") is { } given ? int.Parse(given) : Random.Shared.Next();
        var random = new Random(seed);
        using var tcp = new Listening(new System.Net.IPEndPoint(System.Net.IPAddress.Parse("127.0.0.5"), 0));
        using var other = new Listening(new System.Net.IPEndPoint(System.Net.IPAddress.Parse("127.0.0.6"), 0));
        int[] free = [FreePort(), FreePort()];
        int pairs = 0, allowed = 0;
        var wrong = new List<string>();
        for (var i = 0; i < Policies; i++)
        {
            using var place = new Place(account);
            using var world = new OracleWorld(random, place, [tcp.Port, other.Port], free);
            var (text, compiled) = Compiling(world, place);
            var operations = world.Batch(OperationsPerPolicy);
            var policy = place.WriteHome("random.cedar", text);
            var ran = await place.LeashAsync(
                ["--quiet", "--policy", policy, "--", world.Program], Operations.Input(operations.Select(operation => operation.Words)));
            Assert.True(ran.Exit == 0, $"seed {seed}, policy {i}: {ran}\n{text}");
            var results = Operations.Results(ran);
            Assert.True(results.Length == operations.Count, $"seed {seed}, policy {i}: {ran}");
            var builder = new RequestBuilder(world.Facts);
            for (var k = 0; k < results.Length; k++)
            {
                var expected = operations[k].Requests.All(request => IsAllowed(compiled, builder, request));
                pairs++;
                allowed += expected ? 1 : 0;
                if (expected ? results[k] != 0 : results[k] is not (EACCES or EPERM))
                {
                    wrong.Add($"policy {i}: Cedar {(expected ? "allows" : "denies")} `{string.Join(' ', operations[k].Words)}`, errno {results[k]}\n{text}");
                }
            }
        }

        Assert.True(wrong.Count == 0, $"seed {seed}: {wrong.Count} of {pairs} differ\n{string.Join('\n', wrong.Take(5))}");
        Assert.True(pairs >= 500 && allowed > pairs / 20 && allowed < pairs * 19 / 20, $"seed {seed}: {allowed} of {pairs} allowed");
        TestContext.Current.SendDiagnosticMessage($"seed {seed}: {pairs} pairs, {allowed} allowed");
    }

    private static int FreePort()
    {
        using var listening = new Listening(new System.Net.IPEndPoint(System.Net.IPAddress.Parse("127.0.0.5"), 0));
        return listening.Port;
    }

    private static bool IsAllowed(CompileResult compiled, RequestBuilder builder, RequestFacts request)
    {
        var (cedar, entities) = builder.Build(request);
        return Authorizer.Authorize(compiled.PolicySet!, cedar, entities).Decision == Decision.Allow;
    }

    /// <summary>A random text that compiles and lets the program start, with the layer that leash puts below it.</summary>
    private static (string Text, CompileResult Compiled) Compiling(OracleWorld world, Place place)
    {
        while (true)
        {
            var text = new StringBuilder(world.Needs);
            text.AppendJoin('\n', Enumerable.Range(0, world.Random.Next(2, 9)).Select(_ => world.Statement()));
            var compiled = PolicyCompiler.Compile(
                [BuiltInPolicies.Base, new PolicyDocument(PolicyDocument.UserLayer, Path.Join(place.Home, "random.cedar"), text.ToString())], world.Facts);
            if (!compiled.HasErrors && IsAllowed(compiled, new RequestBuilder(world.Facts), world.Start))
            {
                return (text.ToString(), compiled);
            }
        }
    }
}
