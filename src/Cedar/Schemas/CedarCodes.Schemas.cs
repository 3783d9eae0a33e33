namespace Cedar.Diagnostics;

// Schemas: 0101 to 0149.
public static partial class CedarCodes
{
    public const string DuplicateNamespace = "CEDAR0101";
    public const string DuplicateType = "CEDAR0102";
    public const string DuplicateAction = "CEDAR0103";
    public const string ReservedTypeName = "CEDAR0104";
    public const string ShadowedName = "CEDAR0105";
    public const string UndeclaredType = "CEDAR0106";
    public const string UndeclaredAction = "CEDAR0107";
    public const string TypeCycle = "CEDAR0108";
    public const string ActionCycle = "CEDAR0109";
    public const string NotARecord = "CEDAR0110";
    public const string InvalidAppliesTo = "CEDAR0111";
    public const string EmptyList = "CEDAR0112";
    public const string DuplicateAttribute = "CEDAR0113";
    public const string ShadowedBuiltIn = "CEDAR0114";
    public const string ShadowedEntityType = "CEDAR0115";
    public const string NestedNamespace = "CEDAR0116";
    public const string ReservedNamespace = "CEDAR0117";
    public const string NotExpressible = "CEDAR0118";
}
