using System.Net;
using System.Text;
using Cedar.Authorization;
using Cedar.Diagnostics;
using Leash.Plan;

namespace Leash.Policy.Tests;

/// <summary>Compiles texts and asks evaluator, interpreter and decider the same question.</summary>
internal static class TestPolicies
{
    public static SessionFacts Facts { get; } = new()
    {
        Workspace = "/srv/app",
        Home = "/home/alice",
        User = "alice",
        Uid = 1000,
        Agent = "claude",
        SessionId = "s1",
    };

    public static CompileResult Compile(string text, SessionFacts? facts = null) =>
        PolicyCompiler.Compile([new PolicyDocument("user", "test.cedar", text)], facts ?? Facts);

    public static CompileResult CompileOk(string text, SessionFacts? facts = null)
    {
        var result = Compile(text, facts);
        Assert.False(result.HasErrors, Render(result));
        return result;
    }

    public static string Render(CompileResult result) => new DiagnosticRenderer(false).Render(result.Diagnostics);

    /// <summary>The verdict, after making sure that all three ways to decide agree.</summary>
    public static bool Allows(CompileResult compiled, RequestFacts request)
    {
        var (cedarRequest, entities) = new RequestBuilder(Facts).Build(request);
        var response = Authorizer.Authorize(compiled.PolicySet!, cedarRequest, entities);
        Assert.Empty(response.Errors);
        var evaluated = response.Decision == Decision.Allow;
        Assert.Equal(evaluated, new PlanInterpreter(compiled.Plan!).Decide(request).Verdict.Allowed);
        Assert.Equal(evaluated, Decide(new PlanDecider(compiled.Plan!), request).Allowed);
        return evaluated;
    }

    public static Verdict Decide(PlanDecider decider, RequestFacts request)
    {
        var principal = decider.InitialPrincipal;
        for (var i = 0; i < request.Principal.Lineage.Length; i++)
        {
            principal = decider.MovePrincipal(principal, request.Principal.Lineage[i], default);
        }

        if (request.Principal.Exe.Length > 0)
        {
            principal = decider.MovePrincipal(principal, request.Principal.Exe, default);
        }

        return request switch
        {
            FileFacts file => decider.DecidePath(principal, file.Path, file.Action),
            ExecFacts exec => decider.DecideExec(principal, exec.Path, ArgumentsOf(exec)),
            ProcessFacts process => decider.DecideProcess(principal, process.Action),
            EndpointFacts endpoint => decider.DecideEndpoint(principal, EndpointOf(endpoint), endpoint.Action),
            _ => throw new ArgumentException("no such request", nameof(request)),
        };
    }

    public static ExecArguments ArgumentsOf(ExecFacts exec) =>
        new(exec.Argv0, exec.Arguments.SelectMany(argument => argument.Append((byte)0)).ToArray(), exec.Interpreter);

    public static Endpoint EndpointOf(EndpointFacts facts)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, facts.Address);
        return new Endpoint(facts.IsV4 ? bytes[12..] : bytes, facts.Port, facts.Protocol, facts.Name is null ? [] : new[] { facts.Name });
    }

    public static PrincipalFacts Process(string exe, params string[] lineage) =>
        new(Bytes(exe), [.. lineage.Select(Bytes), Bytes(exe)]);

    public static FileFacts File(PlanAction action, string path, PrincipalFacts? principal = null) =>
        new(principal ?? PrincipalFacts.Initial, action, Bytes(path));

    public static ExecFacts Exec(string path, params string[] arguments) =>
        new(PrincipalFacts.Initial, Bytes(path), Bytes(path), [.. arguments.Select(Bytes)], []);

    public static EndpointFacts Connect(
        string? name, string address, int port, TransportProtocol protocol = TransportProtocol.Tcp, PlanAction action = PlanAction.NetworkConnect)
    {
        var endpoint = new Endpoint(IPAddress.Parse(address), port, protocol, []);
        return new EndpointFacts(PrincipalFacts.Initial, action, name, endpoint.IsV4, endpoint.Address, port, protocol);
    }

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
