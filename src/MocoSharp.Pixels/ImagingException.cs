namespace MocoSharp.Imaging;

/// <summary>Pictures or a data set cannot be used as asked. Says what, where and how to fix it.</summary>
public class ImagingException : MocoException
{
    /// <summary>Makes an error.</summary>
    /// <param name="id">Its stable id, MS3xxx.</param>
    /// <param name="what">What is wrong, with the values that the user wrote.</param>
    /// <param name="at">The file, folder or record.</param>
    /// <param name="fix">How to fix it.</param>
    /// <param name="inner">The cause, where there is one.</param>
    public ImagingException(string id, string what, string? at = null, string? fix = null, Exception? inner = null)
        : base(id, what, at, fix, inner)
    {
    }
}

/// <summary>One picture cannot be read: broken, truncated, empty, too large or of no known format. Others may be fine.</summary>
public sealed class BadImageException : ImagingException
{
    /// <inheritdoc cref="ImagingException(string, string, string?, string?, Exception?)"/>
    public BadImageException(string id, string what, string? at = null, string? fix = null, Exception? inner = null)
        : base(id, what, at, fix, inner)
    {
    }
}
