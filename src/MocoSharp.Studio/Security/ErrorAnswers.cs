using System.Text.Json;
using Microsoft.AspNetCore.Http;
using MocoSharp.Imaging;

namespace MocoSharp.Studio.Security;

/// <summary>Turns errors into answers: a status and a document of id, what, where and fix.</summary>
internal static class ErrorAnswers
{
    internal static async Task Catch(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            if (context.Response is { StatusCode: StatusCodes.Status404NotFound, HasStarted: false })
                await Write(context, StatusCodes.Status404NotFound, new ErrorAnswer(StudioErrorIds.NotFound,
                    "there is nothing at this address",
                    null, null));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // nobody waits for the answer any more
        }
#pragma warning disable CA1031 // the outermost place of a request: every error becomes an answer
        catch (Exception error)
#pragma warning restore CA1031
        {
            if (context.Response.HasStarted) context.Abort();
            else await Write(context, StatusOf(error), ErrorAnswer.Of(error));
        }
    }

    private static Task Write(HttpContext context, int status, ErrorAnswer answer)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(answer, JsonSerializerOptions.Web, context.RequestAborted);
    }

    private static int StatusOf(Exception error) => error switch
    {
        BadHttpRequestException bad => bad.StatusCode,
        MocoException { Id: StudioErrorIds.NotFound } => StatusCodes.Status404NotFound,
        MocoException { Id: StudioErrorIds.Foreign or StudioErrorIds.NoToken } => StatusCodes.Status403Forbidden,
        MocoException { Id: StudioErrorIds.BadRequest } => StatusCodes.Status400BadRequest,
        MocoException { Id: StudioErrorIds.TooLarge } => StatusCodes.Status413PayloadTooLarge,
        BadImageException => StatusCodes.Status422UnprocessableEntity,
        MocoException or IOException or UnauthorizedAccessException => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status500InternalServerError,
    };
}

/// <summary>What a page learns of an error.</summary>
internal sealed record ErrorAnswer(string Id, string What, string? At, string? Fix)
{
    internal static ErrorAnswer Of(Exception error) => error switch
    {
        MocoException one => new ErrorAnswer(one.Id, one.Message, one.At, one.Fix),
        BadHttpRequestException or JsonException => new ErrorAnswer(StudioErrorIds.BadRequest, "the request is not understood", null, null),
        IOException or UnauthorizedAccessException => new ErrorAnswer(StudioErrorIds.WrongState, error.Message, null,
            "check the file's permissions and the free space"),
        _ => new ErrorAnswer(StudioErrorIds.Unexpected, $"a mistake in the studio: {error.GetType().Name}: {error.Message}", null,
            "please report it"),
    };
}
