using System.Collections.Immutable;
using Cedar.Authorization;
using Cedar.Diagnostics;
using Leash.Audit;
using Leash.Plan;
using Leash.Policy;
using Leash.Policy.Http;

namespace Leash.Cli.Policies;

/// <summary><c>leash policy explain</c>: the decision on one request, and the statements that made it.</summary>
internal static class ExplainCommand
{
    /// <summary>0 when it is allowed, 1 when denied, 2 when the question or the policy has errors.</summary>
    public static int Run(Terminal terminal, ImmutableArray<string> files, string? workspace, ExplainRequest request)
    {
        if (request.ToFacts(out var note, out var error) is not { } facts)
        {
            terminal.Fail(error!.Message, error.Help);
            return CliExit.Usage;
        }

        if (PolicyTexts.Load(PolicyTexts.FilesOf(files), terminal.Fail) is not { } documents)
        {
            return CliExit.Usage;
        }

        var compiled = PolicyCommands.Compile(documents, workspace, request.Enforced);
        if (compiled.Plan is not { } plan || compiled.PolicySet is not { } policies)
        {
            terminal.Show(compiled.Diagnostics.Where(diagnostic => diagnostic.Severity == Severity.Error));
            return CliExit.Usage;
        }

        var (explanation, asked) = facts switch
        {
            DnsFacts dns => (DecideDns(plan, dns), facts),
            HttpFacts http => DecideHttp(plan, http),
            _ => (new PlanInterpreter(plan).Decide(facts), facts),
        };
        if (facts is HttpFacts written && asked is HttpFacts reading && !ReferenceEquals(written, reading))
        {
            note = HttpReadings.Describe(reading.Message, written.Message.Path);
        }

        Print(terminal, request, explanation, note);
        if (facts is not DnsFacts && !Agrees(asked, workspace, policies, explanation))
        {
            terminal.Fail("the Cedar evaluator decides otherwise: this is a bug in leash, please report it with the policy");
            return CliExit.Failure;
        }

        return explanation.Verdict.Allowed ? CliExit.Success : CliExit.Negative;
    }

    private static Explanation DecideDns(EnforcementPlan plan, DnsFacts dns)
    {
        var decider = new PlanDecider(plan);
        var principal = decider.InitialPrincipal;
        foreach (var exe in dns.Principal.Lineage)
        {
            principal = decider.MovePrincipal(principal, exe, []);
        }

        return decider.ExplainDns(principal, dns.Name, dns.Type);
    }

    /// <summary>The decision on the request as it is written or, when that is allowed, on the first other reading that is not.</summary>
    private static (Explanation Explanation, HttpFacts Asked) DecideHttp(EnforcementPlan plan, HttpFacts facts)
    {
        var interpreter = new PlanInterpreter(plan);
        var explanation = interpreter.DecideHttp(facts);
        foreach (var reading in explanation.Verdict.Allowed ? HttpReadings.OthersOf(facts.Message) : [])
        {
            var other = facts with { Message = reading };
            if (interpreter.DecideHttp(other) is { Verdict.Allowed: false } denied)
            {
                return (denied, other);
            }
        }

        return (explanation, facts);
    }

    private static bool Agrees(RequestFacts facts, string? workspace, PolicySet policies, Explanation explanation)
    {
        var session = SessionPlace.Facts(CanonicalPath.Of(workspace ?? "."), null, "explain");
        if (facts is HttpFacts http)
        {
            return new HttpAuthorizer(policies, session).Decide(http).Decision == Decision.Allow == explanation.Verdict.Allowed;
        }

        var (request, entities) = new RequestBuilder(session).Build(facts);
        return Authorizer.Authorize(policies, request, entities).Decision == Decision.Allow == explanation.Verdict.Allowed;
    }

    private static void Print(Terminal terminal, ExplainRequest request, Explanation explanation, string? note)
    {
        var palette = terminal.OutPalette;
        var decision = explanation.Verdict.Allowed ? palette.Green("allow") : palette.Red("deny");
        terminal.Out.WriteLine($"{decision} {request.Action} {ByteText.Visible(request.Resource)}");
        if (note is not null)
        {
            terminal.Out.WriteLine($"  note: {note}");
        }

        if (explanation.Determining.Count == 0)
        {
            terminal.Out.WriteLine("  no permit matched");
        }

        foreach (var statement in explanation.Determining)
        {
            var effect = statement.Effect == PlanEffect.Permit ? "permitted" : "forbidden";
            terminal.Out.WriteLine($"  {effect} by {palette.Bold(statement.PolicyId)} [{statement.Layer}] {statement.Origin}");
            if (statement.Reason is { } reason)
            {
                terminal.Out.WriteLine($"    {reason}");
            }
        }

        terminal.Out.Flush();
    }
}
