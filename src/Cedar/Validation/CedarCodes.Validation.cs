namespace Cedar.Diagnostics;

/// <content>Validation of policies against a schema.</content>
public static partial class CedarCodes
{
    public const string UnknownEntityType = "CEDAR0201";
    public const string UnknownAction = "CEDAR0202";
    public const string UnknownEntityId = "CEDAR0203";
    public const string NoApplicableAction = "CEDAR0204";
    public const string TypeMismatch = "CEDAR0205";
    public const string UnknownAttribute = "CEDAR0206";
    public const string UncheckedAttribute = "CEDAR0207";
    public const string IncompatibleTypes = "CEDAR0208";
    public const string EmptySet = "CEDAR0209";
    public const string NoTags = "CEDAR0210";
    public const string UncheckedTag = "CEDAR0211";
    public const string ConstructorLiteral = "CEDAR0212";
    public const string ConstructorText = "CEDAR0213";
    public const string TooDeepToValidate = "CEDAR0214";
    public const string ImpossiblePolicy = "CEDAR0215";
}
