using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using CoreMLQuant.Collections;
using CoreMLQuant.Errors;
using CoreMLQuant.Files;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Compiled;
using CoreMLQuant.WeightBlobs;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Models;

/// <summary>
/// A model opened for reading: an .mlmodel file, an .mlpackage folder or a compiled .mlmodelc folder; NeuralNetwork, ML Program or pipeline alike.
/// Its structure is in memory, its weights are not; files stay open, and unwritten, until it is disposed.
/// </summary>
public sealed class ModelFile : IDisposable
{
    private readonly ModelStructure _structure;
    private Schema.Model? _specification;
    private Task? _reader;
    private readonly Dictionary<string, BlobFile> _weightFiles = new(StringComparer.Ordinal);

    private ModelFile(ModelContainer container, ModelStructure structure)
    {
        Container = container;
        _structure = structure;
        _specification = structure.Parse();
        if (container.MissingWeightFolder is { } missing && MilValues.BlobReferences(_specification).Count > 0)
        {
            throw ModelContainer.MissingItem(container.Path, missing);
        }
    }

    /// <summary>Full path of the file or folder.</summary>
    public string Path => Container.Path;

    /// <summary>Whether it is an .mlpackage folder.</summary>
    public bool IsPackage => Container.Kind == ContainerKind.Package;

    /// <summary>Whether it is a compiled model, an .mlmodelc folder. What is made from it is a package.</summary>
    public bool IsCompiled => Container.Kind == ContainerKind.Compiled;

    /// <summary>Where its files are.</summary>
    internal ModelContainer Container { get; }

    /// <summary>The root message; not to be changed.</summary>
    internal Schema.Model Specification => _specification ??= _structure.Parse();

    /// <summary>The big fields of the specification.</summary>
    internal DetachedPayloads Payloads => _structure.Payloads;

    /// <summary>Opens a model and reads its structure.</summary>
    /// <param name="path">Path of an .mlmodel file, an .mlpackage folder or an .mlmodelc folder.</param>
    /// <param name="followLinks">
    /// Whether links may lead out of the model. Those within a package or a Hugging Face cache are followed in any case.
    /// </param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="CoreMLFormatException">There is no model at the path, or it breaks a rule of the format.</exception>
    /// <exception cref="IOException">A file cannot be opened or read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static ModelFile Open(string path, bool followLinks = false, CancellationToken cancellationToken = default)
    {
        // What was done with the model before this one.
        DroppedObjects.CollectBetweenModels();
        ModelContainer container = ModelContainer.Locate(path, followLinks);
        ModelStructure structure = container.Kind == ContainerKind.Compiled
            ? CompiledModelReader.Read(container, cancellationToken)
            : ModelStructure.Read(container.SpecificationPath, cancellationToken);
        try
        {
            return new ModelFile(container, structure);
        }
        catch
        {
            structure.Dispose();
            throw;
        }
    }

    /// <summary>Closes the model's files.</summary>
    public void Dispose()
    {
        _structure.Dispose();
        lock (_weightFiles)
        {
            foreach (BlobFile file in _weightFiles.Values)
            {
                file.Dispose();
            }

            _weightFiles.Clear();
        }
    }

    /// <summary>
    /// Hands the parsed messages over to be edited; who asks for <see cref="Specification"/> next gets freshly parsed ones.
    /// Copying a big graph of messages would cost as much as parsing it. <see cref="AwaitReader"/> comes before the first edit.
    /// </summary>
    internal Schema.Model TakeSpecification()
    {
        Schema.Model taken = Specification;
        _specification = null;
        return taken;
    }

    /// <summary>Lets a task read <see cref="Specification"/> beside the next one who takes it over.</summary>
    /// <param name="reader">The task. Its errors are for who started it.</param>
    internal void Lend(Task reader) => _reader = reader;

    /// <summary>Waits until the messages are no longer read by the task that they were lent to.</summary>
    internal void AwaitReader()
    {
        if (_reader is { } reader)
        {
            Task.WaitAny(reader);
            _reader = null;
        }
    }

    /// <summary>Messages that are the caller's alone, to be read beside others or to be changed. For any thread.</summary>
    internal Schema.Model ParseSpecification() => _structure.Parse();

    /// <summary>The weight file behind a reference of the specification, found and opened once.</summary>
    internal BlobFile WeightFile(string reference)
    {
        lock (_weightFiles)
        {
            if (!_weightFiles.TryGetValue(reference, out BlobFile? file))
            {
                string relativePath = Container.ResolveWeightFile(reference);
                // Two spellings of a reference may mean the same file.
                file = _weightFiles.Values.FirstOrDefault(open => open.RelativePath == relativePath)
                    ?? new BlobFile(relativePath, Container.FullPath(relativePath));
                _weightFiles.Add(reference, file);
            }

            return file;
        }
    }
}
