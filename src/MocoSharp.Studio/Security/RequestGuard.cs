using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace MocoSharp.Studio.Security;

/// <summary>What every request must be before anything else looks at it, and what every answer says to the browser.</summary>
/// <remarks>
/// The host's name is checked, so that no other site's name that points here (DNS rebinding) reads anything. Other sites' pages are told
/// by Sec-Fetch-Site and Origin. What changes anything needs the token in a header, which no form and no other site's script can send.
/// </remarks>
internal sealed class RequestGuard(string token)
{
    internal const string TokenHeader = "X-Moco-Token";

    private const string ContentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private readonly byte[] _token = Encoding.UTF8.GetBytes(token);

    /// <summary>Lets a request through, or throws what is wrong with it.</summary>
    /// <exception cref="MocoException">MS5322: it comes from elsewhere. MS5323: the token is missing. MS5324: no such method.</exception>
    internal Task Check(HttpContext context, RequestDelegate next)
    {
        HttpRequest request = context.Request;
        Secure(context.Response.Headers);
        RequireOwnHost(request.Host, context.Connection.LocalPort);
        bool isRead = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (!isRead && !HttpMethods.IsPost(request.Method))
            throw new MocoException(StudioErrorIds.BadRequest, $"the method {request.Method} is not known here", fix: "use GET or POST");
        RequireOwnPage(request, isRead);
        if (!isRead) RequireToken(request);
        return next(context);
    }

    private static void Secure(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers.CacheControl = "no-store";
    }

    private static void RequireOwnHost(HostString host, int port)
    {
        bool isOwn = host.Port == port && (host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || IPAddress.TryParse(host.Host, out IPAddress? address) && IPAddress.IsLoopback(address));
        if (!isOwn)
            throw new MocoException(StudioErrorIds.Foreign, "the request names another host", fix: $"open http://127.0.0.1:{port}/");
    }

    private static void RequireOwnPage(HttpRequest request, bool isRead)
    {
        string site = request.Headers["Sec-Fetch-Site"].ToString(), origin = request.Headers.Origin.ToString();
        bool isOwn = site is "" or "same-origin" or "none" || isRead && request.Path == "/";
        if (isOwn && (origin.Length == 0 || origin == $"http://{request.Host.Value}")) return;
        throw new MocoException(StudioErrorIds.Foreign, "the request comes from another site's page", fix: "use the studio's own page");
    }

    private void RequireToken(HttpRequest request)
    {
        byte[] given = Encoding.UTF8.GetBytes(request.Headers[TokenHeader].ToString());
        if (!CryptographicOperations.FixedTimeEquals(given, _token))
            throw new MocoException(StudioErrorIds.NoToken, "this changes something, and the request bears no token of this studio",
                fix: "open the page by the address that 'moco studio' printed: it holds the token");
    }
}
