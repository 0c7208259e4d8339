namespace MocoSharp.Runs;

/// <summary>Looks once a second whether somebody asked a training to stop (<see cref="RunFolder.AskToStop"/>).</summary>
/// <remarks>A file does what a signal would, for other programs, other containers and other machines that see the folder.</remarks>
internal sealed class StopRequest : IDisposable
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);

    private readonly RunFolder _folder;
    private readonly CancellationTokenSource _asked;
    private readonly ITimer _timer;

    /// <summary>Looks, and goes on looking. What was asked before the folder was locked is forgotten since then.</summary>
    /// <param name="folder">The run's, locked by this process.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Stops the training too.</param>
    internal StopRequest(RunFolder folder, TimeProvider time, CancellationToken cancel)
    {
        _folder = folder;
        _asked = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Look();
        _timer = time.CreateTimer(_ => Look(), null, s_period, s_period);
    }

    /// <summary>Canceled when somebody asks.</summary>
    internal CancellationToken Token => _asked.Token;

    /// <summary>Ends looking, and takes the request away.</summary>
    public void Dispose()
    {
        _timer.DisposeAsync().AsTask().GetAwaiter().GetResult();      // a look that is under way is waited for
        File.Delete(_folder.StopFile);
        _asked.Dispose();
    }

    private void Look()
    {
        if (_folder.IsAskedToStop) _asked.Cancel();
    }
}
