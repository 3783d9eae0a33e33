namespace Cedar.Diagnostics;

/// <content>Validation of requests and entities against a schema.</content>
public static partial class CedarCodes
{
    public const string PrincipalNotAllowed = "CEDAR0251";
    public const string ResourceNotAllowed = "CEDAR0252";
    public const string MissingAttribute = "CEDAR0253";
    public const string UnexpectedAttribute = "CEDAR0254";
    public const string ValueType = "CEDAR0255";
    public const string ParentNotAllowed = "CEDAR0256";
    public const string UnexpectedTag = "CEDAR0257";
    public const string ActionDiffers = "CEDAR0258";
    public const string ValueTooDeep = "CEDAR0259";
}
