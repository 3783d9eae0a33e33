namespace Leash.Policy;

/// <summary>The codes of this assembly's diagnostics. Stable: a code is never given a second meaning. Listed in docs/diagnostics.md. LSH0003 and
/// LSH0005 to LSH0007 were names that the schema does not have, which Cedar's validator reports now.</summary>
public static class LeashCodes
{
    public const string UnknownVariable = "LSH0001";
    public const string VariableWithoutValue = "LSH0002";
    public const string NoEnforcer = "LSH0004";
    public const string ConditionFails = "LSH0008";
    public const string InvalidPath = "LSH0009";
    public const string WildcardInPath = "LSH0010";
    public const string InvalidHost = "LSH0011";
    public const string InvalidCidr = "LSH0012";
    public const string NeverEqual = "LSH0013";
    public const string NotEnforceable = "LSH0014";
    public const string TooManyTests = "LSH0015";
    public const string DuplicateId = "LSH0016";
    public const string UnknownAnnotation = "LSH0017";
    public const string UnsupportedAnnotation = "LSH0018";
    public const string Template = "LSH0019";
    public const string NeverApplies = "LSH0020";
    public const string TypeMismatch = "LSH0021";
    public const string InvalidHeader = "LSH0031";
    public const string FixedHeader = "LSH0032";
    public const string InvalidHeaderValue = "LSH0033";
    public const string MisplacedSecret = "LSH0034";
    public const string NothingToRewrite = "LSH0035";
    public const string ContradictingRewrites = "LSH0036";
}
