using System.Diagnostics;
using System.Runtime.ExceptionServices;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Imaging.Loading;

/// <summary>Epochs under way: their orders, the threads, and the batches between them and the consumer.</summary>
/// <remarks>
/// Threads take samples, not batches, so one slow picture holds up its own batch alone. All hand-over goes through one monitor, and who has
/// nothing to do blocks in it: a spinning thread would take a core from the training step. Where several epochs follow each other, threads
/// go on with the next while the last batches of one are still being taken.
/// </remarks>
internal sealed class LoaderRun : IDisposable
{
    private readonly ViewLoader _loader;
    private readonly IImageSource _source;
    private readonly BadImages _bad;
    private readonly int _firstEpoch;
    private readonly int _perEpoch;                              // samples, without those that DropLast leaves out
    private readonly Thread[] _threads;
    private readonly CancellationToken _cancel;
    private readonly CancellationTokenRegistration _canceled;

    // all below belong to the gate
    private readonly object _gate = new();
    private readonly Dictionary<long, OpenBatch> _open = []; // being filled, or full and not taken: at most Prefetch
    private readonly long _end;
    private EpochOrder _order;
    private int _orderOf;
    private long _next, _announced;
    private bool _stopped;
    private Exception? _failure;

    /// <param name="loader">Has the options, the recipe and the memory.</param>
    /// <param name="source">The pictures.</param>
    /// <param name="bad">Counts the unreadable ones.</param>
    /// <param name="firstEpoch">Where to begin.</param>
    /// <param name="epochs">How many follow each other, the first included.</param>
    /// <param name="firstBatch">Batches of the first epoch to leave out.</param>
    /// <param name="endBatch">The first one behind those that are wanted, counted from the first epoch's first one.</param>
    /// <param name="cancel">Ends the threads.</param>
    public LoaderRun(ViewLoader loader, IImageSource source, BadImages bad, int firstEpoch, int epochs, int firstBatch,
        long endBatch, CancellationToken cancel)
    {
        (_loader, _source, _bad, _firstEpoch, _cancel) = (loader, source, bad, firstEpoch, cancel);
        LoaderOptions options = loader.Options;
        (_order, _orderOf) = (EpochOrder.Of(source, options, firstEpoch), firstEpoch);
        _perEpoch = (int)Math.Min(source.Count, (long)loader.BatchesPerEpoch * options.BatchSize);
        (long wholeEpochs, long rest) = Math.DivRem(endBatch, loader.BatchesPerEpoch);
        _end = Math.Min((long)epochs * _perEpoch, wholeEpochs * _perEpoch + rest * options.BatchSize);
        _next = Math.Min(_end, Math.Min(_perEpoch, (long)firstBatch * options.BatchSize));
        _canceled = cancel.Register(Stop);
        _threads = new Thread[Math.Clamp(_end - _next, 0, options.WorkerCount)];
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = $"views {i}", Priority = ThreadPriority.BelowNormal };
            _threads[i].Start();
        }
    }

    /// <summary>Waits for one batch, to be asked for in order.</summary>
    /// <param name="batch">Counted from the first epoch's first one.</param>
    public ViewBatch Take(long batch)
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
        _canceled.Dispose();
        Stop();
        foreach (Thread thread in _threads)
            thread.Join();
        foreach (OpenBatch batch in _open.Values)
            _loader.Pool.Return(batch.Buffers);
        _open.Clear();
        _loader.Pool.Trim();
    }

    private bool IsReady(long batch) => _open.TryGetValue(batch, out OpenBatch? open) && open.Missing == 0;

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
        ImageMemory memory = new();
        while (Next(out Sample sample, out int[] coming))
        {
            int picture = sample.Index;
            try
            {
                foreach (int index in coming)
                    _source.Announce(index);
                Fill(sample, canvas, memory, ref picture);
            }
            catch (Exception exception)
            {
                Fail(exception, picture);
                return;
            }
            Done(sample.Batch);
        }
        _loader.Canvases.Add(canvas);
    }

    /// <summary>Takes the next sample and opens its batch; waits while enough batches are open. Who opens one announces the pictures up to
    /// the end of the one behind it.</summary>
    private bool Next(out Sample sample, out int[] coming)
    {
        (sample, coming) = (default, []);
        lock (_gate)
        {
            while (true)
            {
                if (_stopped || _failure is not null || _next >= _end)
                    return false;
                (long past, long position) = Math.DivRem(_next, _perEpoch);
                (int inEpoch, int slot) = Math.DivRem((int)position, _loader.Options.BatchSize);
                long number = past * _loader.BatchesPerEpoch + inEpoch;
                int epoch = _firstEpoch + (int)past;
                if (_orderOf != epoch)
                    (_order, _orderOf) = (EpochOrder.Of(_source, _loader.Options, epoch), epoch);
                if (!_open.TryGetValue(number, out OpenBatch? batch))
                {
                    if (_open.Count >= _loader.Options.Prefetch)
                    {
                        Monitor.Wait(_gate);
                        continue;
                    }
                    int count = Math.Min(_loader.Options.BatchSize, _perEpoch - inEpoch * _loader.Options.BatchSize);
                    _open.Add(number, batch = new OpenBatch(_loader.Pool.Rent(), count));
                    int start = (int)(Math.Max(_announced, _next) - past * _perEpoch),
                        end = (int)Math.Min(position + 2L * _loader.Options.BatchSize, _perEpoch);
                    coming = _order.Slice(start, end);
                    _announced = past * _perEpoch + end;
                }
                sample = new Sample(batch, slot, epoch, _order[(int)position]);
                _next++;
                return true;
            }
        }
    }

    /// <summary>Makes one sample's views; <paramref name="picture"/> becomes the index of the picture that was loaded, which may be a
    /// stand-in.</summary>
    private void Fill(in Sample sample, Canvas canvas, ImageMemory memory, ref int picture)
    {
        LoaderOptions options = _loader.Options;
        BatchBuffers buffers = sample.Batch.Buffers;
        DecodeRequest request = options.Reading;
        while (true)
        {
            (Image image, picture) = _bad.Load(sample.Index, request, memory);
            (buffers.Indices[sample.Slot], buffers.Labels[sample.Slot]) = (picture, _source.Label(picture));
            try
            {
                for (int view = 0; view < _loader.Recipe.Count; view++)
                {
                    // a stand-in is seen as the picture it stands for would have been
                    ViewDraws draws = _loader.Recipe.Draws(options.Seed, sample.Epoch, sample.Index, view);
                    _loader.Recipe.Views[view].Render(image, ref draws, canvas, buffers.Slot(view, sample.Slot));
                }
                return;
            }
            catch (ImagingException error) when (error.Id == ErrorIds.TooSmallToCrop)
            {
                _bad.AddUnfit(picture, error);
            }
        }
    }

    private void Done(OpenBatch batch)
    {
        lock (_gate)
            if (--batch.Missing == 0)
                Monitor.PulseAll(_gate);
    }

    private void Fail(Exception exception, int index)
    {
        string name = NameOf(index);
        lock (_gate)
        {
            _failure ??= exception switch
            {
                ImagingException { At: not null } known => known,
                ImagingException { Fix: not null } known => new ImagingException(known.Id, known.Message, at: name, known.Fix, known),
                _ => new ImagingException(ErrorIds.CannotMakeViews, $"'{name}' could not be made into views: {exception.Message}", at: name,
                    fix: "take the picture out of the data set; if it opens elsewhere, this is an error of the program", inner: exception),
            };
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

    /// <summary>One picture's place.</summary>
    private readonly record struct Sample(OpenBatch Batch, int Slot, int Epoch, int Index);
}
