using System.Collections.Immutable;
using Cedar.Authorization;
using Cedar.Diagnostics;
using Cedar.Schemas;
using Cedar.Syntax;

namespace Cedar.Validation;

/// <summary>
/// Checks policies against a schema, in strict mode (Cedar spec, "Validation"): a policy without errors meets no type error when it is
/// evaluated for a request and entities that fit the schema. An instance keeps what it has found out about its schema; it is for one thread.
/// </summary>
public sealed class PolicyValidator(Schema schema)
{
    private readonly SchemaIndex _schema = new(schema);
    private readonly TypeJoin _types = new();

    /// <summary>What is wrong with a policy or template: errors, and warnings for what can never take effect.</summary>
    public static ImmutableArray<Diagnostic> Validate(Policy policy, Schema schema) => new PolicyValidator(schema).Validate(policy);

    /// <summary>What is wrong with the policies, templates and links of a set, in their order.</summary>
    public static ImmutableArray<Diagnostic> Validate(PolicySet policies, Schema schema)
    {
        var validator = new PolicyValidator(schema);
        var diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();
        foreach (var policy in policies.Templates.Concat(policies.Policies))
        {
            diagnostics.AddRange(validator.Validate(policy));
        }

        return diagnostics.ToImmutable();
    }

    /// <summary>What is wrong with a policy or template: errors, and warnings for what can never take effect.</summary>
    public ImmutableArray<Diagnostic> Validate(Policy policy)
    {
        var findings = new Findings(policy);
        new ReferenceChecker(_schema, findings).Check(policy);
        var scope = new ScopeChecker(_schema);
        ImmutableArray<RequestEnvironment> environments =
            [.. _schema.Environments.Where(environment => scope.MayHold(policy, environment))];
        if (environments.IsEmpty)
        {
            CheckNoEnvironment(policy, findings);
        }
        else if (policy.Link is null)
        {
            CheckConditions(policy, environments, new TypeChecker(_schema, _types, new ExpressionKeys(), findings), findings);
        }

        return [.. findings.ToDiagnostics(environments.Length)];
    }

    private static void CheckNoEnvironment(Policy policy, Findings findings)
    {
        // What the scope names and the schema does not know is enough to say.
        if (!findings.HasErrors)
        {
            var scope = SourceSpan.Covering(policy.Principal.Span, policy.Resource.Span);
            findings.Warning(
                CedarCodes.NoApplicableAction, scope,
                $"no action of the schema applies to the scope of {(policy.IsTemplate ? "template" : "policy")} `{policy.Id}`",
                "no action that it names takes such a principal and such a resource");
        }
    }

    private static void CheckConditions(
        Policy policy, ImmutableArray<RequestEnvironment> environments, TypeChecker checker, Findings findings)
    {
        var isPossible = false;
        foreach (var environment in environments)
        {
            isPossible |= !ReferenceEquals(checker.CheckConditions(policy, environment), StaticType.False);
        }

        findings.Environment = null;
        if (!isPossible && !findings.HasErrors)
        {
            findings.Warning(
                CedarCodes.ImpossiblePolicy, policy.Span,
                $"policy `{policy.Id}` never applies: its conditions are false for every request of the schema");
        }
    }
}
