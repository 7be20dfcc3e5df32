CREATE TABLE "chain_outbox" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"channel" "bytea" NOT NULL,
	"ticks" integer DEFAULT 0 NOT NULL,
	"close" boolean DEFAULT false NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "channels" (
	"id" "bytea" PRIMARY KEY NOT NULL,
	"commitment" "bytea" NOT NULL,
	"signature" "bytea" NOT NULL,
	"session_key_type" smallint NOT NULL,
	"session_key" "bytea" NOT NULL,
	"tab" numeric(39, 0) NOT NULL,
	"stream" numeric(39, 0) NOT NULL,
	"rate" numeric(39, 0) NOT NULL,
	"state" text NOT NULL,
	"failure" text,
	"ticks" integer DEFAULT 0 NOT NULL,
	"preimage" "bytea" NOT NULL,
	"bought" "int8multirange" DEFAULT '{}' NOT NULL,
	"sold_before_inclusion" integer,
	"settled_best" integer DEFAULT 0 NOT NULL,
	"settled_final" integer DEFAULT 0 NOT NULL,
	"end" bigint NOT NULL,
	"close_requested" boolean DEFAULT false NOT NULL,
	"leaving" boolean DEFAULT false NOT NULL,
	"accepted_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_active_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_settled_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "channels_covered" CHECK ("channels"."settled_final" <= "channels"."ticks")
);
--> statement-breakpoint
CREATE TABLE "node_properties" (
	"name" text PRIMARY KEY NOT NULL,
	"value" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "streams" (
	"id" text PRIMARY KEY NOT NULL,
	"chain_stream" numeric(39, 0),
	"title" text NOT NULL,
	"tick_ms" integer NOT NULL,
	"creator" "bytea" NOT NULL,
	"stream_key_hash" "bytea" NOT NULL,
	"stream_secret" "bytea" NOT NULL,
	"next_epoch" bigint DEFAULT 0 NOT NULL,
	"next_run" bigint DEFAULT 0 NOT NULL,
	"next_msn" bigint DEFAULT 0 NOT NULL,
	"discontinuity_sequence" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "chain_outbox" ADD CONSTRAINT "chain_outbox_channel_channels_id_fk" FOREIGN KEY ("channel") REFERENCES "public"."channels"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "chain_outbox_channel" ON "chain_outbox" USING btree ("kind","channel");--> statement-breakpoint
CREATE INDEX "channels_tab" ON "channels" USING btree ("tab");--> statement-breakpoint
CREATE INDEX "channels_stream" ON "channels" USING btree ("stream");--> statement-breakpoint
CREATE INDEX "channels_unfinished" ON "channels" USING btree ("state") WHERE "channels"."state" not in ('failed', 'ended');--> statement-breakpoint
CREATE UNIQUE INDEX "streams_key_hash" ON "streams" USING btree ("stream_key_hash");--> statement-breakpoint
CREATE INDEX "streams_creator" ON "streams" USING btree ("creator");