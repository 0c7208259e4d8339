namespace MocoSharp.Recipes;

/// <summary>A recipe cannot be used as it is written.</summary>
public sealed class RecipeException : MocoException
{
    /// <summary>Makes an error.</summary>
    /// <param name="id">Its stable id, MS2xxx, or that of the part which refused a value.</param>
    /// <param name="what">What is wrong, with the keys and values that the user wrote.</param>
    /// <param name="at">Where: <c>file(line,column)</c>, or the edit (<c>--set path=value</c>).</param>
    /// <param name="fix">How to fix it.</param>
    /// <param name="inner">The cause, where there is one.</param>
    public RecipeException(string id, string what, string? at = null, string? fix = null, Exception? inner = null)
        : base(id, what, at, fix, inner)
    {
    }
}
