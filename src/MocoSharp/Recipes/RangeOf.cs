namespace MocoSharp.Recipes;

/// <summary>Whose samples become black and white.</summary>
public enum RangeOf
{
    /// <summary>All that the type has: 0 to 65,535.</summary>
    Type,

    /// <summary>The least to the greatest of the pictures that are learned from, as far as up to 256 of them tell.</summary>
    Set,

    /// <summary>Each picture's own.</summary>
    Picture,
}
