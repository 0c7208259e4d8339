using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MocoSharp.Studio;

/// <summary>The built page, in memory: what is served is found in a list, so that no path of a request ever reaches the disk.</summary>
internal sealed class PageFiles
{
    private const string Index = "/index.html";

    private static readonly Dictionary<string, string> s_types = new()
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".woff2"] = "font/woff2",
    };

    private readonly Dictionary<string, (byte[] Content, string Type)> _files;

    private PageFiles(Dictionary<string, (byte[] Content, string Type)> files) => _files = files;

    /// <summary>Reads it.</summary>
    /// <param name="folder">Where it was built to; null for beside the program.</param>
    /// <exception cref="MocoException">MS5320: it was not built.</exception>
    internal static PageFiles Read(string? folder)
    {
        string root = Path.GetFullPath(folder ?? Path.Combine(AppContext.BaseDirectory, "studio"));
        if (!File.Exists(root + Index))
            throw new MocoException(StudioErrorIds.NoPage, "the studio's page was not built, because Node.js was not there when moco was",
                at: root, fix: "install Node.js 20 or newer with npm (Debian 13: apt-get install nodejs npm), then run tools/page in the "
                + "source tree, and moco studio again");
        return new PageFiles(Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Where(static path => s_types.ContainsKey(Path.GetExtension(path)))
            .ToDictionary(path => $"/{Path.GetRelativePath(root, path).Replace('\\', '/')}",
                static path => (File.ReadAllBytes(path), s_types[Path.GetExtension(path)])));
    }

    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", () => Results.Bytes(_files[Index].Content, _files[Index].Type));
        foreach ((string path, (byte[] content, string type)) in _files)
            routes.MapGet(path, (HttpContext context) =>
            {
                // names of assets hold a hash of their content
                if (path.StartsWith("/assets/", StringComparison.Ordinal)) context.Response.Headers.CacheControl = "max-age=31536000";
                return Results.Bytes(content, type);
            });
    }
}
