using System.Collections.Immutable;
using Cedar.Authorization;
using Cedar.Diagnostics;
using Cedar.Syntax;
using Leash.Plan;
using Leash.Policy.Http;
using CedarPolicy = Cedar.Syntax.Policy;

namespace Leash.Policy;

/// <summary>
/// Compiles policy texts into an enforcement plan. Every statement is compiled exactly or reported with its place; with an error there is no
/// plan.
/// </summary>
public static class PolicyCompiler
{
    /// <summary>The actions that something in this build enforces.</summary>
    public static PlanActionMask Enforced => Vocabulary.Enforced;

    /// <summary>Compiles all documents as one policy set.</summary>
    public static CompileResult Compile(IReadOnlyList<PolicyDocument> documents, SessionFacts facts) => Compile(documents, facts, Enforced);

    /// <summary>Compiles all documents as one policy set for enforcers that govern these actions: what is only about others is refused.</summary>
    public static CompileResult Compile(IReadOnlyList<PolicyDocument> documents, SessionFacts facts, PlanActionMask enforced)
    {
        var diagnostics = new DiagnosticBag();
        var lowering = new PolicyLowering(facts, diagnostics);
        var compiler = new StatementCompiler(facts, enforced, diagnostics);
        var rewrites = new RewriteCheck(diagnostics);
        var ids = new Dictionary<string, CedarPolicy>(StringComparer.Ordinal);
        var statements = ImmutableArray.CreateBuilder<PlanStatement>();
        List<CedarPolicy> policies = [];
        SchemaCheck? schema = null;
        foreach (var document in documents)
        {
            var check = document.IsBuiltIn ? null : schema ??= new SchemaCheck(diagnostics);
            var parsed = CedarParser.Parse(new SourceText(document.Name, document.Text));
            foreach (var diagnostic in parsed.Diagnostics)
            {
                diagnostics.Add(diagnostic);
            }

            var number = 0;
            foreach (var policy in parsed.Policies)
            {
                number++;
                var named = policy with { Id = IdOf(policy, document, number) };
                CheckId(named, ids, diagnostics);
                AnnotationCheck.Check(named, diagnostics);
                var (lowered, hasErrors, hasEffect) = lowering.Lower(named);
                if (check?.Accepts(lowered, hasErrors) != false && !hasErrors && hasEffect)
                {
                    var compiled = compiler.Compile(lowered, document.Layer);
                    rewrites.Check(lowered, compiled);
                    statements.AddRange(compiled);
                    policies.Add(lowered);
                }
            }
        }

        var found = diagnostics.InOrder(documents);
        return diagnostics.ErrorCount > 0
            ? new CompileResult(null, null, found)
            : new CompileResult(new EnforcementPlan(statements.ToImmutable()), new PolicySet(policies), found);
    }

    private static string IdOf(CedarPolicy policy, PolicyDocument document, int number) =>
        policy.FindAnnotation("id") is { Length: > 0 } id ? id : $"{Path.GetFileNameWithoutExtension(document.Name)}#{number}";

    private static void CheckId(CedarPolicy policy, Dictionary<string, CedarPolicy> ids, DiagnosticBag diagnostics)
    {
        if (ids.TryAdd(policy.Id, policy))
        {
            return;
        }

        var first = ids[policy.Id];
        var (line, _) = first.Source.GetLineColumn(first.Span.Start);
        var span = policy.Annotations.FirstOrDefault(annotation => annotation.Name == "id")?.Span ?? policy.Span;
        diagnostics.Error(
            LeashCodes.DuplicateId, $"the id `{policy.Id}` is used twice", $"the other one is at {first.Source.Name}:{line}", span, policy.Source);
    }
}
