namespace Cedar.Diagnostics;

/// <summary>The codes of this library's diagnostics. Stable: a code is never given a second meaning. Listed in docs/diagnostics.md.</summary>
public static partial class CedarCodes
{
    public const string UnexpectedToken = "CEDAR0001";
    public const string UnexpectedCharacter = "CEDAR0002";
    public const string UnterminatedString = "CEDAR0003";
    public const string InvalidEscape = "CEDAR0004";
    public const string IntegerRange = "CEDAR0005";
    public const string ReservedWord = "CEDAR0006";
    public const string UnknownFunction = "CEDAR0007";
    public const string UnknownMethod = "CEDAR0008";
    public const string ArgumentCount = "CEDAR0009";
    public const string ChainedRelation = "CEDAR0010";
    public const string TooManyUnary = "CEDAR0011";
    public const string DuplicateField = "CEDAR0012";
    public const string DuplicateAnnotation = "CEDAR0013";
    public const string InvalidScope = "CEDAR0014";
    public const string ActionType = "CEDAR0015";
    public const string InvalidSlot = "CEDAR0016";
    public const string UnknownVariable = "CEDAR0017";
    public const string UnsupportedOperator = "CEDAR0018";
    public const string CallStyle = "CEDAR0019";
    public const string TooDeep = "CEDAR0020";
    public const string TooLarge = "CEDAR0021";
    public const string TooManyErrors = "CEDAR0022";

    public const string DuplicatePolicyId = "CEDAR0030";
    public const string UnknownTemplate = "CEDAR0031";
    public const string NotATemplate = "CEDAR0032";
    public const string MissingSlotValue = "CEDAR0033";
    public const string UnexpectedSlotValue = "CEDAR0034";
    public const string UnknownPolicy = "CEDAR0035";
    public const string TemplateInUse = "CEDAR0036";
    public const string NotALink = "CEDAR0037";
}
