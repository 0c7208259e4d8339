namespace MocoSharp.Tests.Recipes;

/// <summary>An error as people read it.</summary>
internal static class ErrorText
{
    public static string Of(Func<object> work)
    {
        MocoException error = Assert.ThrowsAny<MocoException>(work);
        return $"{error.Id}: {error.Message}\n  at {error.At}\n  {error.Fix}";
    }
}
