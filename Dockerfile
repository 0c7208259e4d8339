# A container that trains: the tool moco on Debian 12's libtorch, from the source tree that it is built in.
#   docker build -t mocosharp .
#   docker run -v "$PWD:/work" mocosharp train photos --data my-photos --run runs/mine
FROM debian:12-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl git libicu72 libtorch-dev libgloo-dev libopenblas0-pthread \
    libturbojpeg0 libspng0 libwebp7 libfontconfig1 fonts-dejavu-core dataset-fashion-mnist cmake g++ make \
    && rm -rf /var/lib/apt/lists/*
RUN curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0 --install-dir /usr/share/dotnet \
    && ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet
COPY . /source
RUN /source/tools/pack /packages && dotnet tool install moco --tool-path /opt/moco --add-source /packages

FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates libtorch1.13 libgloo0 libopenblas0-pthread libturbojpeg0 libspng0 \
    libwebp7 libfontconfig1 fonts-dejavu-core dataset-fashion-mnist \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /usr/share/dotnet /usr/share/dotnet
COPY --from=build /opt/moco /opt/moco
ENV DOTNET_ROOT=/usr/share/dotnet PATH=/opt/moco:/usr/share/dotnet:$PATH
WORKDIR /work
ENTRYPOINT ["moco"]
CMD ["doctor"]
