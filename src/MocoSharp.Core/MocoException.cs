namespace MocoSharp;

/// <summary>Something cannot be done as asked. Says what, where and how to fix it. All errors of these libraries are of this
/// kind.</summary>
public class MocoException : Exception
{
    /// <summary>Makes an error.</summary>
    /// <param name="id">Its stable id, MSnnnn.</param>
    /// <param name="what">What is wrong, in the names and values that the user wrote.</param>
    /// <param name="at">The file, folder or position.</param>
    /// <param name="fix">How to fix it.</param>
    /// <param name="inner">The cause, where there is one.</param>
    public MocoException(string id, string what, string? at = null, string? fix = null, Exception? inner = null) : base(what, inner) =>
        (Id, At, Fix) = (id, at, fix);

    /// <summary>Stable id, MSnnnn.</summary>
    public string Id { get; }

    /// <summary>The file, folder or position.</summary>
    public virtual string? At { get; }

    /// <summary>How to fix it.</summary>
    public string? Fix { get; }

    /// <summary>What, where and how to fix it, then where in the program.</summary>
    public override string ToString() =>
        string.Join(Environment.NewLine, new[] { At is null ? null : $"at {At}", Fix is null ? null : $"fix: {Fix}", base.ToString() }
            .OfType<string>().Prepend($"{Id}: {Message}"));
}
