using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Imaging.Loading;

/// <summary>One epoch under way: its order, its threads, and the batches between them and the consumer.</summary>
/// <remarks>
/// Threads take samples, not batches, so one slow picture holds up its own batch alone. All hand-over goes through one monitor, and who has
/// nothing to do blocks in it: a spinning thread would take a core from the training step.
/// </remarks>
internal sealed class EpochRun : IDisposable
{
    private readonly ViewLoader _loader;
    private readonly IImageSource _source;
    private readonly BadImages _bad;
    private readonly int _epoch;
    private readonly int[] _order;
    private readonly Thread[] _threads;
    private readonly CancellationToken _cancel;
    private readonly CancellationTokenRegistration _cancelled;

    // all below belong to the gate
    private readonly object _gate = new();
    private readonly Dictionary<int, OpenBatch> _open = []; // being filled, or full and not taken: at most Prefetch
    private readonly int _end;
    private int _next;
    private bool _stopped;
    private Exception? _failure;

    public EpochRun(ViewLoader loader, IImageSource source, BadImages bad, int epoch, int firstBatch, CancellationToken cancel)
    {
        (_loader, _source, _bad, _epoch, _cancel) = (loader, source, bad, epoch, cancel);
        LoaderOptions options = loader.Options;
        _order = EpochOrder.Of(source.Count, options, epoch);
        _end = (int)Math.Min(source.Count, (long)loader.BatchesPerEpoch * options.BatchSize);
        _next = (int)Math.Min(_end, (long)firstBatch * options.BatchSize);
        _cancelled = cancel.Register(Stop);
        _threads = new Thread[Math.Clamp(_end - _next, 0, options.WorkerCount)];
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = $"views {i}", Priority = ThreadPriority.BelowNormal };
            _threads[i].Start();
        }
    }

    /// <summary>Waits for one batch, to be asked for in order.</summary>
    public ViewBatch Take(int batch)
    {
        lock (_gate)
        {
            long start = Stopwatch.GetTimestamp();
            bool ready = IsReady(batch);
            while (!IsReady(batch) && !_stopped && _failure is null)
                Monitor.Wait(_gate);
            if (!ready)
                _loader.CountWait(Stopwatch.GetTimestamp() - start);
            if (_failure is not null)
                ExceptionDispatchInfo.Throw(_failure);
            _cancel.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(!_open.Remove(batch, out OpenBatch? full), this);
            Monitor.PulseAll(_gate); // there is room for another
            return new ViewBatch(full.Buffers, _loader.Pool, full.Count);
        }
    }

    /// <summary>Ends the threads, waits for them, and frees what nobody took.</summary>
    public void Dispose()
    {
        _cancelled.Dispose();
        Stop();
        foreach (Thread thread in _threads)
            thread.Join();
        foreach (OpenBatch batch in _open.Values)
            _loader.Pool.Return(batch.Buffers);
        _open.Clear();
    }

    private bool IsReady(int batch) => _open.TryGetValue(batch, out OpenBatch? open) && open.Missing == 0;

    private void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Work()
    {
        Canvas canvas = _loader.Canvases.TryTake(out Canvas? used) ? used : new Canvas();
        while (Next(out int position, out OpenBatch? batch))
        {
            try
            {
                Fill(batch, position, canvas);
            }
            catch (Exception exception)
            {
                Fail(exception, position);
                return;
            }
            Done(batch);
        }
        _loader.Canvases.Add(canvas);
    }

    /// <summary>The next sample, once its batch may have memory; false at the end.</summary>
    private bool Next(out int position, [NotNullWhen(true)] out OpenBatch? batch)
    {
        (position, batch) = (0, null);
        lock (_gate)
        {
            while (true)
            {
                if (_stopped || _failure is not null || _next >= _end)
                    return false;
                int number = _next / _loader.Options.BatchSize;
                if (_open.TryGetValue(number, out batch))
                    break;
                if (_open.Count < _loader.Options.Prefetch)
                {
                    int count = Math.Min(_loader.Options.BatchSize, _end - number * _loader.Options.BatchSize);
                    _open.Add(number, batch = new OpenBatch(_loader.Pool.Rent(), count));
                    break;
                }
                Monitor.Wait(_gate);
            }
            position = _next++;
            return true;
        }
    }

    private void Fill(OpenBatch batch, int position, Canvas canvas)
    {
        LoaderOptions options = _loader.Options;
        int wanted = _order[position], slot = position % options.BatchSize;
        (Image image, int index) = _bad.Load(wanted, new DecodeRequest(options.Colour, options.DecodeShorterSide, options.MaximumPixels));
        (batch.Buffers.Indices[slot], batch.Buffers.Labels[slot]) = (index, _source.Label(index));
        for (int view = 0; view < _loader.Recipe.Count; view++)
        {
            Rng rng = _loader.Recipe.Draws(options.Seed, _epoch, wanted, view); // a stand-in is seen as the picture it stands for would have been
            _loader.Recipe.Views[view].Render(image, ref rng, canvas, batch.Buffers.Slot(view, slot));
        }
    }

    private void Done(OpenBatch batch)
    {
        lock (_gate)
            if (--batch.Missing == 0)
                Monitor.PulseAll(_gate);
    }

    private void Fail(Exception exception, int position)
    {
        string name = NameOf(_order[position]);
        lock (_gate)
        {
            _failure ??= exception is ImagingException { At: not null } known
                ? known
                : new ImagingException(ErrorIds.CannotMakeViews, $"'{name}' could not be made into views: {exception.Message}", at: name,
                    fix: "take the picture out of the data set; if it opens elsewhere, this is an error of the program", inner: exception);
            Monitor.PulseAll(_gate);
        }
    }

    private string NameOf(int index)
    {
        try
        {
            return _source.Name(index);
        }
        catch (Exception)
        {
            return $"picture {index}"; // a source that fails to load may fail to name, and the first failure is the one to tell
        }
    }
}
