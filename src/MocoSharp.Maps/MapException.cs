namespace MocoSharp.Maps;

/// <summary>Points cannot be mapped, measured or grouped as asked.</summary>
public sealed class MapException : MocoException
{
    internal MapException(string id, string what, string fix) : base(id, what, fix: fix) { }
}
