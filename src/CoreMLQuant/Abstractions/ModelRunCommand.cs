using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Completers;
using CoreMLQuant.Errors;
using CoreMLQuant.Models;
using CoreMLQuant.Running;

namespace CoreMLQuant.Abstractions;

/// <summary>A cmdlet that runs models: where the inputs come from, and how they are run.</summary>
public abstract class ModelRunCommand : EngineCommand
{
    private IModelRuntime? _runtime;
    private string[] _inputPaths = [];
    private object[] _inputObjects = [];

    /// <summary>Files with inputs, or folders of such files: .npz, .npy, .csv, .json, .wav, .png, .jpg, .bmp. Wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] InputPath { get; set; } = [];

    /// <summary>Samples that the models run on: hashtables by feature name, files, or paths.</summary>
    [Parameter]
    [ValidateNotNull]
    public virtual object[] InputObject { get; set; } = [];

    /// <summary>Draws inputs at random: images uniform from 0 to 255, integers 0 or 1, floats standard normal. What comes out says nothing about real data.</summary>
    [Parameter]
    public SwitchParameter RandomInput { get; set; }

    /// <summary>Start of the random numbers: the same seed gives the same inputs, everywhere.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public virtual int Seed { get; set; }

    /// <summary>Number of random samples.</summary>
    [Parameter]
    [ValidateRange(1, 1_000_000)]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public virtual int Count { get; set; } = 1;

    /// <summary>What becomes of images whose size is not the input's. Without it, they are refused.</summary>
    [Parameter]
    public ImageResize Resize { get; set; }

    /// <summary>Program rounds every FP16 value as the model says; Float32 computes in FP32 throughout.</summary>
    [Parameter]
    public RunArithmetic Arithmetic { get; set; }

    /// <summary>Function of an ML Program. Without it, the default one.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Function { get; set; }

    /// <summary>Threads inside an operation. With one, which is the default, results are the same bits every time; with more they need not be.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public int ThreadCount { get; set; } = 1;

    /// <summary>Longest time for a sample, in seconds; opening the model has as much, and 10 seconds at least. Without it, there is no limit.</summary>
    [Parameter]
    [ValidateRange(1e-6, 1e6)]
    [ArgumentCompleter(typeof(TypicalValueCompleter))]
    public double? TimeoutSeconds { get; set; }

    /// <summary>
    /// Follows links that lead out of a model. Without it, links to files in the same package or Hugging Face cache are followed, and others
    /// are an error. Links to folders never are.
    /// </summary>
    [Parameter]
    public SwitchParameter FollowLinks { get; set; }

    /// <summary>What runs models.</summary>
    private protected IModelRuntime Runtime => _runtime!;

    /// <summary>How models are run, from the parameters.</summary>
    private protected RunSettings Settings => new()
    {
        FollowLinks = FollowLinks,
        Function = Function,
        Arithmetic = Arithmetic,
        ThreadCount = ThreadCount,
        Timeout = TimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Resize = Resize,
    };

    /// <summary>Loads what runs models; ends the pipeline where there is none.</summary>
    private protected void RequireRuntime() => _runtime ??= LoadRuntime();

    /// <summary>Whether inputs were given by parameter. Ends the pipeline where they are given in two ways, or a path does not exist.</summary>
    private protected bool ReadInputParameters()
    {
        bool isObjectGiven = MyInvocation.BoundParameters.ContainsKey(nameof(InputObject));
        string[] given = new[] { ("-InputPath", InputPath.Length > 0), ("-InputObject", isObjectGiven), ("-RandomInput", (bool)RandomInput) }
            .Where(way => way.Item2).Select(way => way.Item1).ToArray();
        if (given.Length > 1)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorIds.IncompatibleParameters, ErrorCategory.InvalidArgument, null, $"{string.Join(" and ", given)} both give inputs. Use one of them."));
        }

        try
        {
            // What is piped in later stands in the same property.
            _inputObjects = isObjectGiven ? InputObject : [];
            _inputPaths = SessionState.Path.Samples(InputPath);
        }
        catch (PathException e)
        {
            ThrowTerminatingError(e.Error);
        }

        return given.Length > 0;
    }

    /// <summary>The samples of what was given by parameter, for a model.</summary>
    /// <param name="features">What the model takes.</param>
    private protected IEnumerable<RunSample> GivenSamples(RunFeatures features) =>
        RandomInput ? Runtime.DrawSamples(features, Seed, Count) : new GivenInputs(Runtime, _inputPaths, _inputObjects, Resolve).Read(features);

    /// <summary>Makes samples of what a user gives.</summary>
    private protected SampleInput NewInput() => new(Runtime, Resolve);

    /// <summary>The models that a text names: one that stands there as it is written, or those that it matches as a wildcard.</summary>
    private protected IReadOnlyCollection<string> ResolveModels(string text, bool isLiteral = false)
    {
        try
        {
            return isLiteral ? [ModelOf(SessionState.Path.Literal(text))] : SessionState.Path.Find(text).Select(ModelOf).ToArray();
        }
        catch (PathException e)
        {
            WriteError(e.Error);
            return [];
        }
    }

    private string Resolve(string text) => Ask(() => SessionState.Path.Literal(text));

    private static string ModelOf(string path) => ModelPaths.ContainingPackage(path) ?? path;
}
