using Cedar.Diagnostics;
using Cedar.Syntax;
using Cedar.Validation;
using CedarPolicy = Cedar.Syntax.Policy;

namespace Leash.Policy;

/// <summary>Validates lowered policies against the schema of the vocabulary.</summary>
internal sealed class SchemaCheck(DiagnosticBag diagnostics)
{
    private readonly PolicyValidator _validator = new(BuiltInPolicies.ReadSchema());

    /// <summary>Whether a policy fits the schema; what is wrong with it is reported.</summary>
    /// <param name="policy">Lowered.</param>
    /// <param name="hasErrors">Whether lowering has said already what makes it impossible.</param>
    public bool Accepts(CedarPolicy policy, bool hasErrors)
    {
        var isAccepted = true;
        foreach (var finding in _validator.Validate(policy))
        {
            var severity = SeverityOf(finding, policy, hasErrors);
            isAccepted &= severity != Severity.Error;
            if (severity != Severity.Hint)
            {
                diagnostics.Add(finding with { Severity = severity });
            }
        }

        return isAccepted;
    }

    /// <summary>
    /// A statement about a type of resource that its actions never have is a mistake, where Cedar only warns. One that is switched off by a
    /// literal is not, and the compiler says of it that it never applies.
    /// </summary>
    private static Severity SeverityOf(Diagnostic finding, CedarPolicy policy, bool hasErrors) => finding.Code switch
    {
        CedarCodes.NoApplicableAction or CedarCodes.ImpossiblePolicy when hasErrors => Severity.Hint,
        CedarCodes.NoApplicableAction => Severity.Error,
        CedarCodes.ImpossiblePolicy => policy.Conditions.Any(condition => condition.Body is Expr.Literal) ? Severity.Hint : Severity.Error,
        _ => finding.Severity,
    };
}
